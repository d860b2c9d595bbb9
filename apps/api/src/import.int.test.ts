import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { IMAGE_LIMITS, Problem } from '@avatarforge/contracts';
import { createOutbound, parseAllowList } from '@avatarforge/net';
import { afterTests, eventually } from '@avatarforge/testing';
import { pictureBytes } from './fixtures/pictures';
import { readAnswer, startTestApi, type TestApi } from './fixtures/startTestApi';

const NOT_PUBLIC =
  'This host has no public address. An operator can allow others with OUTBOUND_ALLOW.';

/** What the picture server does under each path. */
const pages: Record<string, RequestListener> = {};
let pictures: string;
let secrets: string;
let secretsRead = 0;
let api: TestApi;
beforeAll(async () => {
  pictures = await listen((req, res) => {
    const page = pages[new URL(req.url ?? '', 'http://x').pathname];
    if (page) page(req, res);
    else res.writeHead(404, { 'content-type': 'image/png' }).end('nothing');
  });
  secrets = await listen((_req, res) => {
    secretsRead += 1;
    res.end('secret');
  });
  const outbound = createOutbound({ allow: parseAllowList(new URL(pictures).host) });
  afterTests(() => outbound.close());
  // As it is, but for fifteen seconds of waiting.
  const hurried: typeof outbound = {
    ...outbound,
    download: (request, receive) => {
      const timeoutMs = request.url.endsWith('/slow') ? 200 : request.timeoutMs;
      return outbound.download({ ...request, timeoutMs }, receive);
    },
  };
  api = await startTestApi({ auth: false, outbound: hurried });
}, 60_000);

async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  afterTests(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function serve(path: string, bytes: Buffer, type = 'image/png'): string {
  pages[path] = (_req, res) => res.writeHead(200, { 'content-type': type }).end(bytes);
  return pictures + path;
}

const importFrom = (url: string, more = {}) => api.postJson('/v1/files/import', { url, ...more });

async function expectProblem(response: Response, status: number, code: string) {
  const problem = Problem.parse(await response.json());
  expect(problem).toMatchObject({ status, code });
  expect(response.status).toBe(status);
  expect(await readdir(api.uploadFolder)).toEqual([]);
  return problem;
}

describe('a picture by its address', () => {
  test.each(['png', 'jpeg', 'webp'] as const)(
    'is stored as a %s sent here would be',
    async (format) => {
      const bytes = await pictureBytes({ format, colour: '#112233' });
      const url = serve(`/a/my%20face.${format}`, bytes, `image/${format}`);
      const file = await readAnswer(
        'importFile',
        await importFrom(`${url}?size=1#x`, { kind: 'pose' }),
      );
      expect(file).toMatchObject({
        ...{ kind: 'pose', filename: `my face.${format}`, mime_type: `image/${format}` },
        ...{ width: 96, height: 80, size: bytes.length },
      });
      const content = await api.fetch(file.urls.content);
      expect(Buffer.from(await content.arrayBuffer()).equals(bytes)).toBe(true);
      expect(await readdir(api.uploadFolder)).toEqual([]);
    },
  );

  test('is the same file when its bytes are known', async () => {
    const bytes = await pictureBytes({ colour: '#223344' });
    const url = serve('/same.png', bytes);
    const uploaded = await readAnswer('uploadFile', await api.upload('/v1/files', bytes));
    expect(await readAnswer('importFile', await importFrom(url))).toEqual(uploaded);
    expect(await readAnswer('importFile', await importFrom(url))).toEqual(uploaded);
  });

  test('is known by its bytes, whatever the host calls them', async () => {
    const bytes = await pictureBytes({ format: 'webp', colour: '#334455' });
    const url = serve('/download', bytes, 'application/octet-stream');
    const file = await readAnswer('importFile', await importFrom(url));
    expect(file).toMatchObject({ filename: 'download', mime_type: 'image/webp' });
  });

  test('is found behind redirects', async () => {
    const url = serve('/moved.png', await pictureBytes({ colour: '#445566' }));
    pages['/old'] = (_req, res) => res.writeHead(301, { location: '/moved.png' }).end();
    const file = await readAnswer('importFile', await importFrom(`${pictures}/old`));
    expect(await readAnswer('importFile', await importFrom(url))).toEqual(file);
  });

  test.each(['pose_image', 'reference_image'])('may stand in %s', async (field) => {
    const url = serve(`/${field}.png`, await pictureBytes({ colour: '#556677' }));
    const body = { prompt: 'warrior character', [field]: url };
    const answer = await api.postJson('/avatarforge-controller/generate/avatar', body);
    const { generation_id } = await readAnswer('generateAvatar', answer);
    const [file] = (await readAnswer('listFiles', await api.fetch('/v1/files?limit=1'))).data;
    const rows = await api.database.query('SELECT inputs FROM generations WHERE id = $1', [
      generation_id,
    ]);
    expect(JSON.stringify(rows)).toContain(file?.id);
  });
});

describe('what cannot be fetched', () => {
  test('is told: another status, a page, too many redirects', async () => {
    const missing = await importFrom(`${pictures}/missing.png`);
    const { detail, errors } = await expectProblem(missing, 422, 'url_not_fetched');
    expect(detail).toBe('The host answered with status 404.');
    expect(errors).toEqual([{ pointer: '/url', message: detail }]);

    const page = await importFrom(serve('/page', Buffer.from('<html>'), 'text/html; charset=x'));
    const { detail: why } = await expectProblem(page, 415, 'unsupported_media_type');
    expect(why).toContain('text/html');

    pages['/loop'] = (_req, res) => res.writeHead(302, { location: '/loop' }).end();
    await expectProblem(await importFrom(`${pictures}/loop`), 422, 'url_not_fetched');
  });

  test('is not believed to be a picture because its host says so', async () => {
    const liar = await importFrom(serve('/liar.png', Buffer.from('<html>I am a picture</html>')));
    await expectProblem(liar, 415, 'unsupported_media_type');
    await expectProblem(
      await importFrom(serve('/empty', Buffer.alloc(0))),
      422,
      'image_unreadable',
    );
  });

  test('is broken off when it is too large, whether its host says so or not', async () => {
    pages['/honest'] = (_req, res) => {
      res.writeHead(200, { 'content-length': IMAGE_LIMITS.maxBytes + 1 }).flushHeaders();
    };
    let isGone = false;
    pages['/endless'] = (_req, res) => {
      res.on('close', () => (isGone = true));
      const more = () => res.destroyed || res.write(Buffer.alloc(1024 ** 2), more);
      more();
    };
    for (const path of ['/honest', '/endless']) {
      const { detail } = await expectProblem(
        await importFrom(pictures + path),
        ...([422, 'url_not_fetched'] as const),
      );
      expect(detail).toBe('The picture is larger than 50 MB.');
    }
    await eventually(() => isGone);
  });

  test('when its host breaks off', async () => {
    pages['/half'] = (_req, res) => {
      res.writeHead(200, { 'content-length': 1000 }).write('half', () => res.destroy());
    };
    await expectProblem(await importFrom(`${pictures}/half`), 422, 'url_not_fetched');
  });

  test('when its host takes too long', async () => {
    pages['/slow'] = (_req, res) => void res.writeHead(200).write('\x89PNG');
    const { detail } = await expectProblem(
      await importFrom(`${pictures}/slow`),
      ...([422, 'url_not_fetched'] as const),
    );
    expect(detail).toBe('The host did not answer in time.');
  });

  test('inside is not asked for, by itself or by a redirect, and nothing is told of it', async () => {
    pages['/lure'] = (_req, res) => {
      res.writeHead(302, { location: `${secrets.replace('http:', 'https:')}/secret` }).end();
    };
    pages['/plain-lure'] = (_req, res) => void res.writeHead(302, { location: secrets }).end();
    const urls = [
      'https://127.0.0.1:8443/',
      secrets.replace('http:', 'https:'),
      `${pictures}/lure`,
    ];
    for (const url of [...urls, 'https://169.254.169.254/latest/', 'https://[::1]/']) {
      const { detail } = await expectProblem(await importFrom(url), 422, 'url_not_fetched');
      expect(detail).toBe(NOT_PUBLIC);
    }
    for (const url of [secrets, `${pictures}/plain-lure`, 'http://example.com/a.png']) {
      const { detail } = await expectProblem(await importFrom(url), 422, 'url_not_fetched');
      expect(detail).toContain('https');
    }
    expect(secretsRead).toBe(0);
  });

  test.each(['', 'x'.repeat(2001)])(
    'for the form of its address is refused before: %#',
    async (url) => {
      await expectProblem(await importFrom(url), 422, 'validation_failed');
    },
  );

  test.each(['no address', 'file:///etc/passwd', 'ftp://a.test/a.png', 'https://a:b@a.test/'])(
    'says why: %s',
    async (url) => {
      const problem = await expectProblem(await importFrom(url), 422, 'url_not_fetched');
      expect(problem.detail).toMatch(/^Give an/);
    },
  );

  test('in a field of the original contract is told of that field', async () => {
    const body = { prompt: 'warrior character', pose_image: 'https://127.0.0.1/a.png' };
    const answer = await api.postJson('/avatarforge-controller/generate/avatar', body);
    const { errors } = await expectProblem(answer, 422, 'url_not_fetched');
    expect(errors).toEqual([{ pointer: '/pose_image', message: NOT_PUBLIC }]);
  });
});
