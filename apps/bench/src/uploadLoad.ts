// A process of its own, so that sending does not wait for anything else.
import { buffer } from 'node:stream/consumers';
import { noisePng } from '@avatarforge/rig';
import { openRawConnection } from './rawHttp';

/** Which pictures are sent, and where to. */
export interface UploadOrder {
  port: number;
  path: string;
  key: string;
  /** Pixels of a side; noise takes three bytes for each. */
  side: number;
  count: number;
  connections: number;
}

/** What came of it. */
export interface UploadResult {
  seconds: number;
  megabytes: number;
  /** Milliseconds, of each upload. */
  took: number[];
}

const BOUNDARY = 'picture-boundary';
const HEAD = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="noise.png"\r\nContent-Type: image/png\r\n\r\n`;
const TAIL = `\r\n--${BOUNDARY}--\r\n`;
const BYTES_PER_MB = 1e6;

process.on('message', (order: UploadOrder) => {
  void upload(order).then((result) => process.send?.(result));
});

async function upload(order: UploadOrder): Promise<UploadResult> {
  const { side, count, connections } = order;
  const bodies: Buffer[] = [];
  // No two are alike: what was sent before would not be looked at again.
  for (let n = 0; n < count; n += 1) {
    const picture = await buffer(noisePng({ width: side, height: side }));
    bodies.push(Buffer.concat([Buffer.from(HEAD), picture, Buffer.from(TAIL)]));
  }
  const megabytes = bodies.reduce((sum, { length }) => sum + length, 0) / BYTES_PER_MB;
  const took: number[] = [];
  const startedAt = performance.now();
  const sendInTurn = () => sendAll(order, bodies, took);
  await Promise.all(Array.from({ length: connections }, sendInTurn));
  return { seconds: (performance.now() - startedAt) / 1000, megabytes, took };
}

async function sendAll(
  { port, path, key }: UploadOrder,
  bodies: Buffer[],
  took: number[],
): Promise<void> {
  const connection = openRawConnection(port);
  const headers = {
    Authorization: `Bearer ${key}`,
    'Content-Type': `multipart/form-data; boundary=${BOUNDARY}`,
  };
  for (let body = bodies.pop(); body; body = bodies.pop()) {
    const startedAt = performance.now();
    const answer = await connection.send({ method: 'POST', path, headers, body });
    if (answer.status >= 300) throw new Error(`answered ${answer.status}: ${answer.body}`);
    took.push(performance.now() - startedAt);
  }
  connection.close();
}
