import { connect, type Socket } from 'node:net';

/** A request, and nothing that a client would add. */
interface RawRequest {
  method: 'GET' | 'POST';
  path: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

/** An answer with a known length. */
interface RawAnswer {
  status: number;
  body: string;
}

/** One connection that stays open, one request at a time: costs next to nothing beside what it measures. */
export interface RawConnection {
  send: (request: RawRequest) => Promise<RawAnswer>;
  close: () => void;
}

const HEAD_END = '\r\n\r\n';

/** To a port of loopback; opened with the first request, and again where the server closed it meanwhile. */
export function openRawConnection(port: number): RawConnection {
  let socket: Socket | null = null;
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        if (socket?.readyState !== 'open') socket = open(port);
        const answering = socket;
        let received = '';
        const end = () => {
          answering.off('data', onData).off('error', onError).off('close', onClose);
        };
        const onData = (text: string) => {
          received += text;
          const answer = parse(received);
          if (!answer) return;
          end();
          resolve(answer);
        };
        const onError = (error: Error) => {
          end();
          reject(error);
        };
        const onClose = () => {
          onError(new Error('the server closed the connection'));
        };
        answering.on('data', onData).on('error', onError).on('close', onClose);
        answering.cork();
        answering.write(headOf(request), 'latin1');
        if (request.body !== undefined) answering.write(request.body);
        answering.uncork();
      }),
    close: () => {
      socket?.destroy();
    },
  };
}

function open(port: number): Socket {
  return (
    connect({ port, host: '127.0.0.1', noDelay: true })
      .setEncoding('latin1')
      // While nothing is asked for, nobody minds.
      .on('error', () => undefined)
  );
}

function headOf({ method, path, headers, body }: RawRequest): string {
  const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
  const lines = Object.entries({ Host: 'localhost', ...headers, ...length });
  const head = [`${method} ${path} HTTP/1.1`, ...lines.map(([name, value]) => `${name}: ${value}`)];
  return head.join('\r\n') + HEAD_END;
}

/** Null while some of it is missing. */
function parse(received: string): RawAnswer | null {
  const end = received.indexOf(HEAD_END);
  if (end < 0) return null;
  const head = received.slice(0, end);
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
  const body = received.slice(end + HEAD_END.length);
  return body.length < length ? null : { status: Number(head.split(' ', 2)[1]), body };
}
