import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Releasers } from '@avatarforge/runtime';

const STOP_MS = 5000;

/** Starts a file of this folder as a process of its own, ended by `releasers`. */
export function startChild(name: string, releasers: Releasers): ChildProcess {
  const child = fork(join(__dirname, `${name}.js`));
  releasers.push(name, () => Promise.resolve(void child.kill()), { timeoutMs: STOP_MS });
  return child;
}

/** Tells a process something and waits for what it says. @throws Error when it ends before */
export async function askChild<Answer>(child: ChildProcess, order: object): Promise<Answer> {
  const over = new AbortController();
  const ended = once(child, 'exit', { signal: over.signal }).then(() => {
    throw new Error('a process of the bench ended early');
  });
  ended.catch(() => undefined);
  const answered = once(child, 'message', { signal: over.signal });
  child.send(order);
  try {
    const [answer] = (await Promise.race([answered, ended])) as [Answer];
    return answer;
  } finally {
    over.abort();
  }
}
