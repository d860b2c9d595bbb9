import { AsyncLocalStorage } from 'node:async_hooks';

/** Whom and what the present work is for; every log line carries it. */
export interface Context {
  request_id?: string;
  user_id?: string;
  generation_id?: string;
  shot_id?: string;
  attempt_id?: string;
  instance_id?: string;
}

const storage = new AsyncLocalStorage<Readonly<Context>>();

/** Runs `fn`, and all it starts, in the present context with `fields` added. */
export function withContext<T>(fields: Context, fn: () => T): T {
  return storage.run(Object.freeze({ ...storage.getStore(), ...fields }), fn);
}

/** The fields given by the enclosing `withContext` calls; empty outside of them. */
export function context(): Readonly<Context> {
  return storage.getStore() ?? {};
}
