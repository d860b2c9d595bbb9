import { givenHome, startAvatarForge, type AvatarForge } from './fixtures/avatarForge';
import { residentMemoryOf } from './fixtures/memory';
import { noisePng } from '@avatarforge/rig';
import { completed, send } from './fixtures/requests';
import { givenStores } from './fixtures/stores';
import { postForm, postInline } from './fixtures/streamed';

/** 50,120,000 bytes and a little more: the limit is 52,428,800. */
const SIZE = { width: 4090, height: 4085 };
const CLIENTS = 20;
const LIMIT_MB = 64;
const CLIENTS_WITH_BASE64 = 4;

jest.setTimeout(300_000);

// Elsewhere nobody tells the peak of another process.
const stores = process.platform === 'linux' ? givenStores() : [];

describe.each(stores)('the memory of the API, with pictures on $store', ({ store, env }) => {
  let avatarForge: AvatarForge;

  beforeAll(async () => {
    avatarForge = await startAvatarForge(await givenHome(), env);
  }, 150_000);

  afterAll(() => avatarForge.stop(), 30_000);

  /** How many MB more than before it were resident at most, and what came of it. */
  async function grown<T>(work: () => Promise<T>): Promise<{ growth: number; result: T }> {
    const memory = residentMemoryOf(avatarForge.pidOf('api'));
    const before = memory.now();
    memory.forgetPeak();
    const result = await work();
    return { growth: memory.peak() - before, result };
  }

  /** Every second one carries a comment, which has to be removed. */
  const upload = (client: number) => {
    const comment = client % 2 === 0 ? undefined : `of client ${client}`;
    return postForm(`${avatarForge.url}/v1/files`, noisePng(SIZE, comment), `${client}.png`);
  };

  const atOnce = <T>(clients: number, ask: (client: number) => Promise<T>) =>
    Promise.all(Array.from({ length: clients }, (_, client) => ask(client)));

  test(`grows by no more than ${LIMIT_MB} MB while ${CLIENTS} clients upload 50 MB at once`, async () => {
    const warmUp = await upload(-1);
    expect(warmUp).toMatchObject({ status: 200 });

    const { growth, result } = await grown(() => atOnce(CLIENTS, upload));

    for (const { status, body } of result) {
      expect({ status, body }).toMatchObject({ status: 200, body: { width: 4090, height: 4085 } });
    }
    const { body: page } = await send<{ data: unknown[] }>(`${avatarForge.url}/v1/files?limit=100`);
    expect(page.data).toHaveLength(CLIENTS + 1);
    expect(page.data).toEqual(expect.arrayContaining(result.map(({ body }) => body)));
    process.stdout.write(`${CLIENTS} uploads of 50 MB at once (${store}): ${growth} MB more\n`);
    expect(growth).toBeLessThanOrEqual(LIMIT_MB);
  });

  test('pictures of 50 MB as base64 are drawn from one after the other, and nothing dies', async () => {
    const pid = avatarForge.pidOf('api');
    const url = `${avatarForge.url}/avatarforge-controller/generate/avatar`;
    const wish = { prompt: 'a warrior', steps: 1, field: 'reference_image' };

    const { growth, result } = await grown(() =>
      atOnce(CLIENTS_WITH_BASE64, () => postInline(url, noisePng(SIZE), wish)),
    );

    process.stdout.write(
      `${CLIENTS_WITH_BASE64} times 50 MB as base64 at once (${store}): ${growth} MB more\n`,
    );
    for (const { status, body } of result) {
      expect({ status, body }).toMatchObject({ status: 200 });
      await completed(avatarForge.url, (body as { generation_id: string }).generation_id);
    }
    expect(avatarForge.pidOf('api')).toBe(pid);
  });
});
