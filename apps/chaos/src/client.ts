import { setTimeout as delay } from 'node:timers/promises';

const ANSWER_MS = 8000;
const AGAIN_MS = [100, 1000] as const;

/** An answer that was got at last. */
interface Answer {
  status: number;
  body: unknown;
}

/** A client as it should be: what was not answered, or answered with 5xx or 429, is sent again, elsewhere. */
export interface Client {
  send(
    path: string,
    request: {
      method: string;
      key: string;
      body: () => string | FormData;
      headers?: Record<string, string>;
    },
  ): Promise<Answer>;
  /** Requests that were answered 4xx, which no well-made request should be. */
  refusals: readonly string[];
}

/** A client of several APIs. @param signal ends the waiting: what is sent then throws. */
export function createClient(urls: readonly string[], signal: AbortSignal): Client {
  const refusals: string[] = [];
  let turn = 0;

  const once = async (path: string, init: RequestInit): Promise<Answer | null> => {
    turn += 1;
    const url = `${urls[turn % urls.length] ?? ''}${path}`;
    try {
      const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(ANSWER_MS) });
      const body: unknown = await answer.json();
      const isLater = answer.status >= 500 || answer.status === 429;
      return isLater ? null : { status: answer.status, body };
    } catch {
      return null; // cut, refused, or too late: whether it was done is not known
    }
  };

  return {
    refusals,
    async send(path, { method, key, body, headers }) {
      const authorization = `Bearer ${key}`;
      for (let tries = 0; ; tries += 1) {
        signal.throwIfAborted();
        const answer = await once(path, {
          ...{ method, body: body(), headers: { ...headers, authorization } },
        });
        if (answer) {
          if (answer.status >= 400 && answer.status !== 409)
            refusals.push(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
          return answer;
        }
        await delay(Math.min(AGAIN_MS[0] * 2 ** tries, AGAIN_MS[1]), undefined, { signal });
      }
    },
  };
}
