import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { startTestApi, type TestApi } from '../fixtures/startTestApi';

let open: TestApi;
let guarded: TestApi;

beforeAll(async () => {
  open = await startTestApi({ auth: false });
  guarded = await startTestApi({ auth: true });
});

/** `fetch` sets these headers itself, so the request is made by hand. */
async function statusOf(
  api: TestApi,
  { method = 'GET', headers }: { method?: string; headers: Record<string, string> },
): Promise<number | undefined> {
  const sent = request(`${api.url}/health`, { method, headers }).end();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  answer.resume();
  return answer.statusCode;
}

test.each(['localhost:8000', '127.0.0.1', '127.1.2.3:1', '[::1]:8000'])(
  'without keys, %s is this machine',
  async (host) => {
    expect(await statusOf(open, { headers: { host } })).toBe(200);
  },
);

test.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '10.0.0.1'])(
  'without keys, a request by the name %j is refused',
  async (host) => {
    expect(await statusOf(open, { headers: { host } })).toBe(403);
  },
);

test('without keys, what a page elsewhere sends is refused; following its link is not', async () => {
  const from = (site: string, mode: string) => ({ 'sec-fetch-site': site, 'sec-fetch-mode': mode });
  const elsewhere = from('cross-site', 'no-cors');
  const link = from('cross-site', 'navigate');
  expect(await statusOf(open, { method: 'POST', headers: elsewhere })).toBe(403);
  expect(await statusOf(open, { headers: elsewhere })).toBe(403);
  expect(await statusOf(open, { method: 'POST', headers: link })).toBe(403);
  expect(await statusOf(open, { headers: link })).toBe(200);
  expect(await statusOf(open, { headers: from('same-origin', 'cors') })).toBe(200);
});

test('with keys, any name will do: the key decides', async () => {
  expect(await statusOf(guarded, { headers: { host: 'avatars.example' } })).toBe(200);
});
