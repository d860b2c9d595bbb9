import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { Releasers } from '@avatarforge/runtime';
import { verifySignature } from '@avatarforge/webhooks';
import type { Received } from './audit/evidence';

const STOP_MS = 10_000;
const NEXT_MS = 10_000;

type Behaviour = 'well' | 'failing' | 'silent';

/** A receiver of webhooks that writes down what it took. */
export interface Recorder {
  /** The address for one owner. */
  urlFor(ownerId: string): string;
  /** What the owner's webhooks are signed with. */
  learnSecret(ownerId: string, secret: string): void;
  /** How it answers from now on. What it left without an answer stays so. */
  behave(how: Behaviour): void;
  /** Waits for the next webhook and leaves it without an answer. Gives the port it came from; null: none came. */
  next(): Promise<number | null>;
  received: readonly Received[];
}

/** Starts a recorder on a free port of loopback. */
export async function startRecorder(releasers: Releasers): Promise<Recorder> {
  const received: Received[] = [];
  const secrets = new Map<string, string>();
  let behaviour: Behaviour = 'well';
  let onNext: ((port: number) => void) | null = null;

  const take = async (req: IncomingMessage, res: ServerResponse) => {
    const body = await text(req);
    if (onNext) {
      onNext(req.socket.remotePort ?? 0);
      onNext = null;
      behaviour = 'silent';
    }
    if (behaviour === 'silent') return;
    if (behaviour === 'failing') {
      res.writeHead(503).end();
      return;
    }
    received.push(toReceived(req, { body, secret: secrets.get(ownerOf(req)) ?? '' }));
    res.writeHead(204).end();
  };
  const server = createServer((req, res) => {
    // A sender that was killed in the middle says nothing more.
    take(req, res).catch(() => res.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  releasers.push('recorder', close, { timeoutMs: STOP_MS });
  const { port } = server.address() as AddressInfo;
  return {
    urlFor: (ownerId) => `http://127.0.0.1:${port}/${ownerId}`,
    learnSecret: (ownerId, secret) => secrets.set(ownerId, secret),
    behave(how) {
      behaviour = how;
    },
    next: async () => {
      const came = new Promise<number>((resolve) => (onNext = resolve));
      const over = new AbortController();
      const late = delay(NEXT_MS, null, { signal: over.signal }).catch(() => null);
      const first = await Promise.race([came, late]);
      over.abort();
      onNext = null;
      return first;
    },
    received,
  };
}

const ownerOf = (req: IncomingMessage): string => (req.url ?? '').slice(1);

function toReceived(
  { headers }: IncomingMessage,
  { body, secret }: { body: string; secret: string },
): Received {
  const header = (name: string): string => String(headers[name] ?? '');
  const [id, timestamp, signature] = ['id', 'timestamp', 'signature'].map((name) =>
    header(`webhook-${name}`),
  );
  const { type, data } = JSON.parse(body) as { type: string; data: { id?: string } };
  return {
    webhookId: id ?? '',
    event: type,
    generationId: data.id ?? null,
    isVerified: verifySignature(secret, { id, timestamp, signature, body: Buffer.from(body) }),
    bodyHash: createHash('sha256').update(body).digest('hex'),
    at: Date.now(),
  };
}
