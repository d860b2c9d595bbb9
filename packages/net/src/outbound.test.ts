import { once } from 'node:events';
import { eventually } from '@avatarforge/testing';
import { parseAllowList } from './allowList';
import { CERTIFICATE, startRawServer, startSecureServer, startServer } from './fixtures/servers';
import { createOutbound, type OutboundRequest } from './outbound';
import type { OutboundErrorCode } from './outboundError';

const LIMITS = { timeoutMs: 10_000, maxBytes: 1_000 };
const outbound = createOutbound({ allow: parseAllowList('127.0.0.1') });
const get = (url: string, more: Partial<OutboundRequest> = {}) =>
  outbound.request({ url, ...LIMITS, ...more });
const expectRefusal = (work: Promise<unknown>, code: OutboundErrorCode) =>
  expect(work).rejects.toMatchObject({ name: 'OutboundError', code });

describe('an answer', () => {
  test('is told with its headers, its bytes, who gave it, and how long that took', async () => {
    const server = await startServer((_req, res) => {
      res.writeHead(201, { 'x-name': ['a', 'b'], 'content-length': 5 }).end('hello');
    });
    const url = `http://${server.host}/path?query`;
    const answer = await get(`${url}#fragment`);
    expect(answer).toMatchObject({
      ...{ status: 201, address: '127.0.0.1', isTruncated: false, url: `${url}#fragment` },
      headers: { 'x-name': 'a, b', 'content-length': '5' },
      timings: {
        dnsMs: null,
        connectMs: expect.any(Number) as unknown,
        firstByteMs: expect.any(Number) as unknown,
      },
    });
    expect(answer.body.toString()).toBe('hello');
    const { connectMs, firstByteMs } = answer.timings;
    expect(answer.totalMs).toBeGreaterThanOrEqual(connectMs + firstByteMs);
  });

  test('may be an error of the host', async () => {
    const server = await startServer((_req, res) => res.writeHead(500).end());
    await expect(get(`http://${server.host}`)).resolves.toMatchObject({ status: 500 });
  });

  test('comes to what was sent, with the host that was asked', async () => {
    const seen: unknown[] = [];
    const server = await startServer((req, res) => {
      req.setEncoding('utf8').on('data', (text: string) => {
        seen.push(req.method, req.url, req.headers, text);
        res.end();
      });
    });
    const headers = { 'Content-Type': 'text/plain', Host: 'other.test', 'Accept-Encoding': 'gzip' };
    await get(`http://${server.host}/a?b`, { method: 'POST', headers, body: 'ä' });
    expect(seen).toEqual([
      ...['POST', '/a?b'],
      expect.objectContaining({
        ...{ host: server.host, 'content-type': 'text/plain', 'content-length': '2' },
        ...{ 'accept-encoding': 'identity', connection: 'close' },
      }),
      'ä',
    ]);
  });

  test('is cut after as much as is taken, and the rest is not read', async () => {
    let isGone = false;
    const server = await startServer((_req, res) => {
      res.on('close', () => (isGone = true));
      const more = () => res.destroyed || res.write(Buffer.alloc(64 * 1024), more);
      more();
    });
    const answer = await get(`http://${server.host}`);
    expect(answer.isTruncated).toBe(true);
    expect(answer.body).toHaveLength(LIMITS.maxBytes);
    await eventually(() => isGone);
  });

  test('that is exactly as much as is taken is whole', async () => {
    const server = await startServer((_req, res) => res.end(Buffer.alloc(LIMITS.maxBytes)));
    const answer = await get(`http://${server.host}`);
    expect(answer).toMatchObject({ isTruncated: false, body: Buffer.alloc(LIMITS.maxBytes) });
  });

  test('that comes packed all the same is left packed', async () => {
    const server = await startServer((_req, res) => {
      res.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip');
    });
    expect((await get(`http://${server.host}`)).body.toString()).toBe('not gzip');
  });

  test('comes over a connection of its own each time', async () => {
    const server = await startServer((_req, res) => res.end());
    await get(`http://${server.host}`);
    await get(`http://${server.host}`);
    expect(server.reached()).toBe(2);
  });

  test('comes from the next address where one takes no connection', async () => {
    const server = await startServer((_req, res) => res.end());
    const both = createOutbound({
      allow: parseAllowList('two.test'),
      resolve: () => Promise.resolve(['127.0.0.9', '127.0.0.1']),
    });
    const answer = await both.request({ url: `http://two.test:${server.port}`, ...LIMITS });
    expect(answer).toMatchObject({
      address: '127.0.0.1',
      timings: { dnsMs: expect.any(Number) as unknown },
    });
  });
});

describe('a download', () => {
  const download = (url: string) =>
    outbound.download({ url, ...LIMITS }, async (head, body) => {
      let size = 0;
      for await (const chunk of body) size += chunk.length;
      return { status: head.status, size };
    });

  test('gives what is made of its bytes', async () => {
    const server = await startServer((_req, res) => res.end(Buffer.alloc(LIMITS.maxBytes)));
    const made = await download(`http://${server.host}`);
    expect(made).toEqual({ status: 200, size: LIMITS.maxBytes });
  });

  test('that says it is too large is refused before its first byte', async () => {
    const server = await startServer((_req, res) => {
      res.writeHead(200, { 'content-length': '1001' }).flushHeaders();
    });
    await expectRefusal(download(`http://${server.host}`), 'too_large');
  });

  test('that becomes too large is broken off', async () => {
    let isGone = false;
    const server = await startServer((_req, res) => {
      res.on('close', () => (isGone = true));
      res.write(Buffer.alloc(600));
      res.write(Buffer.alloc(600));
    });
    await expectRefusal(download(`http://${server.host}`), 'too_large');
    await eventually(() => isGone);
  });

  test('that is not wanted is left, and its connection ends', async () => {
    let isGone = false;
    const server = await startServer((_req, res) => {
      res.on('close', () => (isGone = true)).write('x');
    });
    const request = { url: `http://${server.host}`, ...LIMITS };
    const unwanted = new Error('unwanted');
    const work = outbound.download(request, () => Promise.reject(unwanted));
    await expect(work).rejects.toBe(unwanted);
    await eventually(() => isGone);
  });
});

describe('a host that fails', () => {
  test.each<[string, (socket: { write(text: string): unknown; end(): unknown }) => void]>([
    ['says nothing', () => undefined],
    ['never ends its headers', (socket) => socket.write('HTTP/1.1 200 OK\r\nA: b\r\n')],
    ['never ends its body', (socket) => socket.write('HTTP/1.1 200 OK\r\n\r\nbeginning')],
    ['only hints', (socket) => socket.write('HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n')],
  ])('times out when it %s', async (_what, talk) => {
    const server = await startRawServer((socket) => {
      socket.once('data', () => {
        talk(socket);
      });
    });
    await expectRefusal(get(`http://${server.host}`, { timeoutMs: 200 }), 'timeout');
  });

  test('times out when its body drips', async () => {
    const server = await startRawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n');
      const drip = setInterval(() => socket.write('x'), 10);
      socket.on('close', () => {
        clearInterval(drip);
      });
    });
    await expectRefusal(get(`http://${server.host}`, { timeoutMs: 300 }), 'timeout');
  });

  test('times out when its name is never found, or it never shakes hands', async () => {
    const never = createOutbound({ resolve: () => new Promise(() => undefined) });
    const request = { url: 'https://slow.test', ...LIMITS, timeoutMs: 50 };
    await expectRefusal(never.request(request), 'timeout');
    const silent = await startRawServer(() => undefined);
    await expectRefusal(get(`https://${silent.host}`, { timeoutMs: 200 }), 'timeout');
  });

  test.each<[OutboundErrorCode, string, string]>([
    ['reset', 'hangs up', ''],
    ['reset', 'hangs up within its headers', 'HTTP/1.1 200 OK\r\nA: '],
    ['reset', 'hangs up within its body', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx'],
    [
      'reset',
      'hangs up within a chunk',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nx',
    ],
    ['bad_answer', 'is no web server', 'SSH-2.0-OpenSSH\r\n\r\n'],
    ['bad_answer', 'has endless headers', `HTTP/1.1 200 OK\r\nA: ${'x'.repeat(20_000)}`],
    [
      'bad_answer',
      'changes the protocol',
      'HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
    ],
  ])('is %s when it %s', async (code, _what, text) => {
    const server = await startRawServer((socket) => {
      socket.once('data', () => socket.end(text));
    });
    await expectRefusal(get(`http://${server.host}`), code);
  });

  test('is told apart: no such name, no connection', async () => {
    const nobody = createOutbound({ resolve: () => Promise.reject(new Error('ENOTFOUND')) });
    await expectRefusal(nobody.request({ url: 'https://x.test', ...LIMITS }), 'dns_failed');
    await expectRefusal(get('http://127.0.0.1:2'), 'connect_failed');
  });
});

describe('TLS', () => {
  const at = (port: number, ca: string | null, host: string) => {
    const one = createOutbound({
      allow: parseAllowList('127.0.0.1'),
      resolve: () => Promise.resolve(['127.0.0.1']),
      ...(ca !== null && { ca }),
    });
    return one.request({ url: `https://${host}:${port}`, ...LIMITS });
  };

  test('asks for the name, and checks that the certificate is for it', async () => {
    const server = await startSecureServer();
    const answer = await at(server.port, CERTIFICATE, 'picture.test');
    expect(answer.body.toString()).toBe('secret');
    await at(server.port, CERTIFICATE, 'picture.test.');
    expect(server.names).toEqual(['picture.test', 'picture.test']);
    await expectRefusal(at(server.port, CERTIFICATE, 'other.test'), 'tls_failed');
    await expectRefusal(at(server.port, CERTIFICATE, '127.0.0.1'), 'tls_failed');
  });

  test('refuses a certificate that nobody vouches for, and says why', async () => {
    const server = await startSecureServer();
    const work = at(server.port, null, 'picture.test');
    await expect(work).rejects.toThrow(/\(DEPTH_ZERO_SELF_SIGNED_CERT\)/);
    await expectRefusal(at(server.port, null, 'picture.test'), 'tls_failed');
    expect(server.names).toEqual([]);
  });

  test('is not spoken with a host that cannot', async () => {
    const server = await startServer((_req, res) => res.end());
    await expectRefusal(get(`https://${server.host}`), 'tls_failed');
  });
});

describe('a redirect', () => {
  const lead = (ways: Record<string, string>, status = 302) =>
    startServer((req, res) => {
      const location = ways[req.url ?? ''];
      if (location === undefined) res.end(JSON.stringify(req.headers));
      else res.writeHead(status, { location }).end('moved');
    });

  test('is an answer like others where none is followed', async () => {
    const server = await lead({ '/': '/next' });
    const answer = await get(`http://${server.host}`);
    expect(answer).toMatchObject({ status: 302, headers: { location: '/next' } });
  });

  test('is followed as often as is asked for', async () => {
    const server = await lead({ '/0': '/1', '/1': '/2', '/2': '/3', '/3': '/4' });
    const way = (path: string) => get(`http://${server.host}${path}`, { maxRedirects: 3 });
    expect(await way('/1')).toMatchObject({ status: 200, url: `http://${server.host}/4` });
    await expectRefusal(way('/0'), 'too_many_redirects');
  });

  test('of a POST is not followed', async () => {
    const server = await lead({ '/': '/next' }, 307);
    const answer = await get(`http://${server.host}`, { method: 'POST', maxRedirects: 3 });
    expect(answer.status).toBe(307);
  });

  test('takes what the caller sent to the same origin, and not to others, nor back', async () => {
    const server = await lead({ '/': '/end' });
    const other = await lead({ '/back': `http://${server.host}/end` });
    const far = await lead({
      '/': `http://${other.host}/back`,
      '/far': `http://${other.host}/end`,
    });
    const headers = { authorization: 'Bearer x', cookie: 'a=b', 'x-own': '1', accept: 'image/*' };
    const sent = async (host: string, path = '/') => {
      const answer = await get(`http://${host}${path}`, { headers, maxRedirects: 3 });
      return JSON.parse(answer.body.toString()) as Record<string, string>;
    };
    expect(await sent(server.host)).toMatchObject(headers);
    for (const seen of [await sent(far.host, '/far'), await sent(far.host)]) {
      expect(seen).toMatchObject({ accept: 'image/*' });
      for (const name of ['authorization', 'cookie', 'x-own'])
        expect(seen).not.toHaveProperty(name);
    }
  });

  test('to something else than a web address ends the way', async () => {
    const server = await lead({ '/file': 'file:///etc/passwd', '/bad': 'http://[' });
    const way = (path: string) => get(`http://${server.host}${path}`, { maxRedirects: 3 });
    await expectRefusal(way('/file'), 'bad_url');
    await expectRefusal(way('/bad'), 'bad_answer');
  });
});

describe('giving up', () => {
  test('ends a request at once', async () => {
    const server = await startRawServer(() => undefined);
    const control = new AbortController();
    const work = get(`http://${server.host}`, { signal: control.signal });
    await eventually(() => server.reached() === 1);
    control.abort();
    await expectRefusal(work, 'aborted');
    await expectRefusal(get(`http://${server.host}`, { signal: control.signal }), 'aborted');
    expect(server.reached()).toBe(1);
  });

  test('closing ends what is under way and takes nothing new', async () => {
    const server = await startRawServer(() => undefined);
    const one = createOutbound({ allow: parseAllowList('127.0.0.1') });
    const request = { url: `http://${server.host}`, ...LIMITS };
    const work = one.request(request);
    const refused = expectRefusal(work, 'aborted');
    await eventually(() => server.reached() === 1);
    await one.close();
    await refused;
    await expectRefusal(one.request(request), 'aborted');
  });

  test('leaves no connection behind when the deadline comes', async () => {
    const closed: Promise<unknown>[] = [];
    const server = await startRawServer((socket) => {
      closed.push(once(socket.resume(), 'close'));
    });
    await expectRefusal(get(`http://${server.host}`, { timeoutMs: 100 }), 'timeout');
    await eventually(() => closed.length === 1);
    await Promise.all(closed);
  });
});
