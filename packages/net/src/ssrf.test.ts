import { parseAllowList } from './allowList';
import { startRawServer, startServer, type Listener } from './fixtures/servers';
import { HOSTS, NAMES, TRICKS } from './fixtures/ssrfVectors';
import { createOutbound, type OutboundRequest } from './outbound';

const LIMITS = { timeoutMs: 2_000, maxBytes: 1_000, maxRedirects: 3 };
const LOOPBACK = ['127.0.0.1', '127.0.0.2', '127.1.2.3', '::1'];

/** Whoever is reached here was reached in spite of the rules. */
let inside: Listener[];
let port: number;
beforeAll(async () => {
  const hangUp = (socket: { end(): unknown }) => socket.end();
  const [address, ...others] = LOOPBACK;
  const first = await startRawServer(hangUp, { address: address! });
  ({ port } = first);
  const rest = others.map((other) => startRawServer(hangUp, { address: other, port }));
  inside = [first, ...(await Promise.all(rest))];
});
const reached = () => inside.reduce((sum, listener) => sum + listener.reached(), 0);

const resolve = (host: string) =>
  Promise.resolve(NAMES[host] ?? NAMES[host.replace(/\.$/, '')] ?? []);
// With http for everyone, so that nothing is refused for the want of TLS.
const outbound = createOutbound({ isHttpAllowed: true, resolve });
const at = (vector: string) => vector.replaceAll('PORT', String(port));

const hosts = [...HOSTS, ...Object.keys(NAMES)];
const vectors = [
  ...hosts.flatMap((host) => [`http://${host}:PORT/`, `https://${host}:PORT/`]),
  ...Object.keys(TRICKS),
];

test('there are enough vectors', () => {
  expect(new Set(hosts).size + Object.keys(TRICKS).length).toBeGreaterThanOrEqual(250);
});

test.each(vectors)('%j is refused, and nobody is reached', async (vector) => {
  const work = outbound.request({ url: at(vector), ...LIMITS });
  await expect(work).rejects.toMatchObject({ code: TRICKS[vector] ?? 'blocked_address' });
  expect(reached()).toBe(0);
});

test.each(vectors)('a redirect to %j leads nowhere', async (vector) => {
  const guide = await startServer((req, res) => {
    // As bytes; what no header can hold is left out.
    const location = Buffer.from(at(vector).replace(/[\0\r\n]/g, '')).toString('latin1');
    if (req.url === '/') res.writeHead(302, { location }).end();
    else res.end('a page of its own');
  });
  const allowed = createOutbound({
    ...{ isHttpAllowed: true, resolve },
    allow: parseAllowList(guide.host),
  });
  const outcome = await allowed.request({ url: `http://${guide.host}/`, ...LIMITS }).then(
    ({ url }) => new URL(url).host,
    (error: unknown) => error,
  );
  // What is no address by itself is a path of the host that redirects.
  const refused: unknown = expect.objectContaining({
    code: expect.stringMatching(
      /^(blocked_address|bad_url|bad_answer|too_many_redirects)$/,
    ) as unknown,
  });
  expect([guide.host, refused]).toContainEqual(outcome);
  expect(reached()).toBe(0);
});

test.each(['localhost', 'localhost.', 'LOCALHOST', 'ip6-localhost', 'a.localhost'])(
  'the resolver of the system does not help %s out',
  async (host) => {
    const usual = createOutbound({ isHttpAllowed: true });
    const work = usual.request({ url: `http://${host}:${port}/`, ...LIMITS });
    await expect(work).rejects.toMatchObject({
      code: expect.stringMatching(/^(blocked_address|dns_failed)$/) as unknown,
      message: 'This host has no public address. An operator can allow others with OUTBOUND_ALLOW.',
    });
    expect(reached()).toBe(0);
  },
);

describe('a name that changes its mind', () => {
  /** 127.0.0.1 stands for the Internet here. */
  const answersInTurn = (...answers: string[][]) => {
    const asked: string[] = [];
    const client = createOutbound({
      allow: parseAllowList('127.0.0.1'),
      resolve(host) {
        asked.push(host);
        return Promise.resolve(answers[Math.min(asked.length, answers.length) - 1]!);
      },
    });
    return { asked, client };
  };

  test('is asked once, and dialled where it then was', async () => {
    const outside = await startServer((_req, res) => res.end('outside'));
    const { asked, client } = answersInTurn(['127.0.0.1'], ['127.0.0.2']);
    const request = { url: `http://changing.test:${outside.port}/`, ...LIMITS };
    await expect(client.request(request)).resolves.toMatchObject({ address: '127.0.0.1' });
    expect(asked).toEqual(['changing.test']);
    // Asked anew for the next request, it is refused.
    await expect(client.request(request)).rejects.toMatchObject({ code: 'insecure_scheme' });
  });

  test('between a page and its redirect is refused', async () => {
    const outside = await startServer((_req, res) => res.writeHead(302, { location: '/' }).end());
    const { asked, client } = answersInTurn(['127.0.0.1'], ['127.0.0.2']);
    const work = client.request({ url: `http://changing.test:${outside.port}/`, ...LIMITS });
    await expect(work).rejects.toMatchObject({ code: 'insecure_scheme' });
    expect([asked.length, outside.reached()]).toEqual([2, 1]);
  });

  test('with several answers is dialled only where it may be', async () => {
    const outside = await startServer((_req, res) => res.end('outside'));
    const { client } = answersInTurn(['127.0.0.2', '::1', '127.0.0.1', '10.0.0.1', '127.1.2.3']);
    const url = `http://mixed.test:${outside.port}/`;
    await expect(client.request({ url, ...LIMITS })).resolves.toMatchObject({
      address: '127.0.0.1',
    });
  });
});

test('http is refused alike for every name that is not allowed, whether it exists or not', async () => {
  const usual = createOutbound({ allow: parseAllowList('10.0.0.0/8'), resolve });
  for (const host of ['localhost', 'nothing.test', 'unknown.test', '127.0.0.1', '8.8.8.8']) {
    const work = usual.request({ url: `http://${host}:${port}/`, ...LIMITS });
    await expect(work).rejects.toMatchObject({ code: 'insecure_scheme' });
  }
});

// Last, since here somebody is reached: the tests above can fail.
describe('what an operator allows is reached', () => {
  const tryWith = async (allow: string, request: Partial<OutboundRequest> & { url: string }) => {
    const before = reached();
    const client = createOutbound({ allow: parseAllowList(at(allow)), resolve });
    const url = at(request.url);
    const work = client.request({ ...LIMITS, ...request, url });
    await expect(work).rejects.toMatchObject({
      code: expect.stringMatching(/^(reset|tls_failed)$/) as unknown,
    });
    return reached() - before;
  };

  test.each(LOOPBACK)('the listener on %s', async (address) => {
    const host = address.includes(':') ? `[${address}]` : address;
    expect(await tryWith(address, { url: `http://${host}:PORT/` })).toBe(1);
    expect(await tryWith(address, { url: `https://${host}:PORT/` })).toBe(1);
  });

  test.each([
    ['127.0.0.0/8', '0x7f.1'],
    ['127.0.0.1:PORT', '127.0.0.1'],
    ['::1/128', '[::1]'],
    ['[::1]:PORT', '[::1]'],
    ['private.test, other-loopback.test', 'other-loopback.test'],
    ['other-loopback.test:PORT', 'OTHER-loopback.test.'],
    ['*.test', 'other-loopback.test'],
    ['127.1.0.0/16', 'other-loopback.test'],
  ])('by %s', async (allow, host) => {
    expect(await tryWith(allow, { url: `http://${host}:PORT/` })).toBe(1);
  });
});
