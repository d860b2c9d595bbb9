import type { z } from 'zod';
import type { Address } from './address';
import { ComfyUnavailableError, isRetryableStatus } from './errors';
import { parseJson } from './json';

export interface HttpRequest {
  method?: 'GET' | 'POST';
  /** With the leading slash, encoded. */
  path: string;
  /** Sent as it is when a form, else as JSON. */
  body?: object;
}

/** An answer of any status, with its whole body. */
export interface Answer {
  status: number;
  isJson: boolean;
  text: string;
}

/** Requests to one ComfyUI. They reject with {@link ComfyUnavailableError} or the signal's reason. */
export interface Http {
  /** What `use` makes of the answer, whatever its status. */
  exchange<T>(
    request: HttpRequest,
    signal: AbortSignal,
    use: (response: Response) => Promise<T>,
  ): Promise<T>;
  send(request: HttpRequest, signal: AbortSignal): Promise<Answer>;
  /** The JSON of a 200, checked against `schema`. */
  json<T>(request: HttpRequest, schema: z.ZodType<T>, signal: AbortSignal): Promise<T>;
  /** Like `json`, or null when the answer is 404. */
  findJson<T>(request: HttpRequest, schema: z.ZodType<T>, signal: AbortSignal): Promise<T | null>;
  /** A request that is answered by an empty 200. */
  command(request: HttpRequest, signal: AbortSignal): Promise<void>;
}

/** HTTP to the ComfyUI at `address`, by `fetch`. Redirects are not followed: they lead to logins. */
export function createHttp(address: Address, fetch: typeof globalThis.fetch): Http {
  const exchange: Http['exchange'] = async (request, signal, use) => {
    try {
      const response = await fetch(address.http(request.path), {
        ...toInit(request, address.headers),
        signal,
      });
      try {
        return await use(response);
      } finally {
        if (!response.bodyUsed) await response.body?.cancel();
      }
    } catch (error) {
      signal.throwIfAborted();
      throw isNetworkError(error) ? networkError(address, error) : error;
    }
  };
  const send: Http['send'] = (request, signal) =>
    exchange(request, signal, async (response) => ({
      status: response.status,
      isJson: response.headers.get('content-type')?.startsWith('application/json') ?? false,
      text: await response.text(),
    }));
  const findJson: Http['findJson'] = async (request, schema, signal) => {
    const answer = await send(request, signal);
    return answer.status === 404 ? null : readAnswer(request, answer, schema);
  };
  return {
    exchange,
    send,
    findJson,
    json: async (request, schema, signal) =>
      readAnswer(request, await send(request, signal), schema),
    command: async (request, signal) => {
      const { status } = await send(request, signal);
      if (status !== 200) throw refusal(request, status);
    },
  };
}

/**
 * The JSON of a 200 in the shape of `schema`.
 * @throws ComfyUnavailableError for any other answer, a proxy's login page among them.
 */
export function readAnswer<T>(request: HttpRequest, answer: Answer, schema: z.ZodType<T>): T {
  if (answer.status !== 200) throw refusal(request, answer.status);
  return parseAnswer(request, answer, schema);
}

/** Like {@link readAnswer}, the text itself: said to be a JSON object, and not parsed. */
export function readTextAnswer(request: HttpRequest, answer: Answer): string {
  if (answer.status !== 200) throw refusal(request, answer.status);
  if (!answer.isJson) throw misunderstanding(request, NOT_JSON);
  if (/^\s*\{/.test(answer.text) && /\}\s*$/.test(answer.text.slice(-10))) return answer.text;
  throw misunderstanding(request, 'is broken JSON');
}

const NOT_JSON = 'is not JSON: is it ComfyUI?';

/** Like {@link readAnswer}, for an answer of any status. */
export function parseAnswer<T>(request: HttpRequest, answer: Answer, schema: z.ZodType<T>): T {
  if (!answer.isJson) throw misunderstanding(request, NOT_JSON);
  const result = schema.safeParse(readJson(request, answer.text));
  if (result.success) return result.data;
  throw misunderstanding(request, 'has an unknown shape: is it ComfyUI?', result.error);
}

/** A part of a path. Such names may come from a ComfyUI, half characters and all. */
export function encodePart(name: string): string {
  return encodeURIComponent(name.toWellFormed());
}

/**
 * The error for an answer with a status that says no. A 3xx or 4xx comes from what stands in front of
 * ComfyUI's own handlers, which then never saw the request; a 5xx may come after its effect.
 */
export function refusal({ path }: HttpRequest, status: number): ComfyUnavailableError {
  const retryable = isRetryableStatus(status);
  const reached = retryable || status < 300;
  return new ComfyUnavailableError(`${path} was answered with status ${status}`, {
    retryable,
    reached,
    status,
  });
}

function readJson(request: HttpRequest, text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    throw misunderstanding(request, 'is broken JSON', error);
  }
}

function misunderstanding(
  { path }: HttpRequest,
  why: string,
  cause?: unknown,
): ComfyUnavailableError {
  return new ComfyUnavailableError(`the answer to ${path} ${why}`, {
    retryable: false,
    reached: true,
    status: 200,
    cause,
  });
}

function toInit(
  { method = 'GET', body }: HttpRequest,
  headers: Readonly<Record<string, string>>,
): RequestInit {
  const init: RequestInit = { method, headers, redirect: 'manual' };
  if (body === undefined) return init;
  if (body instanceof FormData) return { ...init, body };
  return {
    ...init,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
}

/** Codes of failures before the first byte of a request could leave. */
const NOT_REACHED = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** `fetch` and bodies fail with a TypeError of the realm that `fetch` comes from. */
function isNetworkError(error: unknown): error is Error {
  return (error as Partial<Error> | null)?.name === 'TypeError';
}

function networkError({ host }: Address, error: Error): ComfyUnavailableError {
  const { code = 'network error' } = (error.cause ?? {}) as { code?: string };
  return new ComfyUnavailableError(`ComfyUI at ${host} is unavailable: ${code}`, {
    retryable: true,
    reached: !NOT_REACHED.has(code),
    cause: error,
  });
}
