import { Client, errors, type Dispatcher } from 'undici';
import type { Socket } from 'node:net';
import { errorCodeOf, OutboundError } from './outboundError';

/** What is sent to a host that is connected already. */
export interface Message {
  url: URL;
  method: 'GET' | 'POST';
  /** Lower-case names. */
  headers: Readonly<Record<string, string>>;
  body: string | Uint8Array | undefined;
}

/** The beginning of an answer, and its bytes as they come. */
export interface Reply {
  status: number;
  /** Lower-case names; what came several times is joined with commas. */
  headers: Record<string, string>;
  body: AsyncIterable<Buffer>;
  /** Ends the connection; to be called in every case. */
  end(): Promise<void>;
}

const MAX_HEADER_BYTES = 16 * 1024;

/**
 * Sends one message over `socket` by HTTP/1.1 and gives the answer as soon as its headers are there. Nothing is
 * decompressed, and the socket is used for nothing else.
 * @throws OutboundError reset, bad_answer; so does the body
 */
export async function exchange(
  socket: Socket,
  { url, method, headers, body }: Message,
  signal: AbortSignal,
): Promise<Reply> {
  let isUsed = false;
  const client = new Client(url.origin, {
    // Called back at once, undici asks for ever. A socket that was used or has ended is not given again.
    connect: (_options, done) => {
      process.nextTick(() => {
        if (isUsed || socket.destroyed) done(new Error('the connection has ended'), null);
        else done(null, socket);
        isUsed = true;
      });
    },
    // Once is all: `connection: close`.
    pipelining: 0,
    maxHeaderSize: MAX_HEADER_BYTES,
    // The deadline of the whole is enough.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const end = async () => {
    await client.destroy();
    socket.destroy();
  };
  try {
    const path = url.pathname + url.search;
    const options = { path, method, headers, body: body ?? null, signal };
    const answer = await client.request(options);
    // Told to whoever reads it; nobody may.
    answer.body.on('error', () => undefined);
    return {
      status: answer.statusCode,
      headers: toRecord(answer.headers),
      body: readBody(answer.body),
      end,
    };
  } catch (error) {
    await end();
    throw toOutboundError(error);
  }
}

async function* readBody(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* body;
  } catch (error) {
    throw toOutboundError(error);
  }
}

function toRecord(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
  );
}

const BAD_ANSWERS = /^(UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES_)/;

function toOutboundError(error: unknown): unknown {
  // What we gave was wrong.
  if (error instanceof errors.InvalidArgumentError) return error;
  const isBad =
    error instanceof errors.HTTPParserError ||
    BAD_ANSWERS.test(errorCodeOf(error)) ||
    /bad (response|upgrade)/.test(String(error));
  return new OutboundError(isBad ? 'bad_answer' : 'reset', { cause: error });
}
