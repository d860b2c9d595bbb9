import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';

/** A generation that the API accepted. */
export interface Accepted {
  id: string;
  /** When it was asked for, milliseconds since 1970. */
  askedAt: number;
  /** From the first byte of the request to the whole answer. */
  acceptMs: number;
}

/** Asks an API for generations over connections that stay open. */
export interface ApiClient {
  /** @throws Error with the answer, when it is not 202 */
  submit: (wanted: object) => Promise<Accepted>;
  close: () => void;
}

/** @param options.connections requests at once, at most */
export function createApiClient(options: {
  url: string;
  key: string;
  connections: number;
}): ApiClient {
  const { url, key, connections } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const post = (body: string) =>
    new Promise<{ status: number | undefined; answer: string }>((resolve, reject) => {
      const call = request(`${url}/v1/generations`, { method: 'POST', agent, headers });
      call.on('error', reject);
      call.on('response', (response) => {
        text(response).then((answer) => {
          resolve({ status: response.statusCode, answer });
        }, reject);
      });
      call.end(body);
    });
  return {
    async submit(wanted) {
      const body = JSON.stringify(wanted);
      const askedAt = Date.now();
      const startedAt = performance.now();
      const { status, answer } = await post(body);
      const acceptMs = performance.now() - startedAt;
      if (status !== 202) throw new Error(`the API answered ${status ?? 'nothing'}: ${answer}`);
      return { id: (JSON.parse(answer) as { id: string }).id, askedAt, acceptMs };
    },
    close: () => {
      agent.destroy();
    },
  };
}

/** A picture drawn from words, small, so that drawing it costs little. */
export function smallPicture(seed: number, steps: number): object {
  return { prompt: 'a warrior', width: 64, height: 64, seed, steps };
}

/** Submits what `wanted` makes of the numbers from `from` on, as fast as the connections take it. */
export async function submitMany(
  { submit }: ApiClient,
  many: { from: number; count: number; atOnce: number; wanted: (n: number) => object },
): Promise<void> {
  const { from, count, atOnce, wanted } = many;
  let next = from;
  const submitInTurn = async () => {
    while (next < from + count) await submit(wanted(next++));
  };
  await Promise.all(Array.from({ length: atOnce }, submitInTurn));
}
