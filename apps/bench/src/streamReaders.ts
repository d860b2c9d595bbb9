// A process of its own, so that reading does not wait for publishing.
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** What a process of readers is told to open. */
export interface ReadersOrder {
  port: number;
  watched: { id: string; key: string }[];
  count: number;
}

/** Milliseconds from publish to receipt; floor: from one end of a bare connection to the other, beside all that. */
export interface Heard {
  progress: number[];
  changes: number[];
  floor: number[];
}

const AT_ONCE = 100;
const FLOOR_MS = 50;
let heard: Heard = nothing();

function nothing(): Heard {
  return { progress: [], changes: [], floor: [] };
}

/** What was heard since it was last told. */
function tell(): void {
  process.send?.(heard);
  heard = nothing();
}

process.on('message', (message: ReadersOrder | 'tell') => {
  if (message === 'tell') tell();
  else void open(message).then(() => process.send?.('connected'));
});

async function open({ port, watched, count }: ReadersOrder): Promise<void> {
  for (let from = 0; from < count; from += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - from) }, async (_, index) => {
      const one = watched[(from + index) % watched.length];
      if (one) await openOne(port, one);
    });
    await Promise.all(some);
  }
  measureFloor();
}

function openOne(port: number, { id, key }: { id: string; key: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', reject);
    socket.on('data', (bytes) => {
      const now = Date.now();
      const text = bytes.toString('latin1');
      for (const [, name = '', at = ''] of text.matchAll(/"(at|sent_at)": ?"([^"]+)"/g)) {
        heard[name === 'at' ? 'progress' : 'changes'].push(now - Date.parse(at));
      }
      // All that was is told.
      if (text.includes('id: ')) resolve();
    });
    socket.write(
      `GET /v1/generations/${id}/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${key}\r\n\r\n`,
    );
  });
}

function measureFloor(): void {
  const server = createServer((socket: Socket) => socket.pipe(socket)).listen(
    0,
    '127.0.0.1',
    () => {
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
      socket.on('data', (bytes) => heard.floor.push(Date.now() - Number(bytes.toString())));
      setInterval(() => socket.write(String(Date.now())), FLOOR_MS);
    },
  );
}
