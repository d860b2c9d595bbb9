import { givenHome, startAvatarForge, type AvatarForge } from './fixtures/avatarForge';
import { send } from './fixtures/requests';

let avatarForge: AvatarForge;

afterEach(() => avatarForge.stop(), 30_000);

test('with AUTH=on the first key is shown once, and only who has a key gets in', async () => {
  const home = await givenHome();
  avatarForge = await startAvatarForge(home, { AUTH: 'on' });
  const list = `${avatarForge.url}/v1/generations`;
  const key = /KEY=(af_\S+)/.exec(avatarForge.output())?.[1] ?? '';

  expect(await send(list)).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
  expect(await send(list, { headers: { authorization: `Bearer ${key}` } })).toMatchObject({
    status: 200,
    body: { data: [] },
  });

  await avatarForge.stop();
  avatarForge = await startAvatarForge(home, { AUTH: 'on' });
  expect(avatarForge.output()).not.toMatch(/af_/);
}, 240_000);
