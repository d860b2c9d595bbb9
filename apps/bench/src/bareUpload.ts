// The floor of `upload`: bytes hashed while they are written to a file, and synced; nothing is looked at.
import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** What it is told to begin with. */
export interface BareUploadOrder {
  folder: string;
}

process.once('message', ({ folder }: BareUploadOrder) => {
  const receive = async (req: IncomingMessage) => {
    const hash = createHash('sha256');
    req.on('data', (chunk: Buffer) => hash.update(chunk));
    await pipeline(req, createWriteStream(join(folder, randomUUID()), { flush: true }));
    return JSON.stringify({ sha256: hash.digest('hex') });
  };
  const server = createServer((req, res) => {
    void receive(req).then((body) => {
      res.writeHead(201, { 'Content-Length': body.length }).end(body);
    });
  }).listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
});
