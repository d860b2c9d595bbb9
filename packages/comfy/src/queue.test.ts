import { replaying } from './fixtures/using';

const item = (number: number, id: string, extra: object = {}) => [number, id, {}, extra, ['9']];

test('the queue tells order, owner and tag of each prompt, without graphs', async () => {
  const tag = { deployment: 'd', attempt: 'b' };
  const { client } = await replaying(null, () => ({
    body: {
      queue_running: [item(1, 'a', { client_id: 'someone', create_time: 5 })],
      queue_pending: [
        item(9, 'z'),
        item(2, 'c'),
        item(2, 'b', { client_id: 'me', avatarforge: tag }),
      ],
    },
  }));
  expect(await client.queue()).toEqual({
    running: [{ promptId: 'a', number: 1, clientId: 'someone', tag: null }],
    pending: [
      { promptId: 'b', number: 2, clientId: 'me', tag },
      { promptId: 'c', number: 2, clientId: null, tag: null },
      { promptId: 'z', number: 9, clientId: null, tag: null },
    ],
  });
});

test('a recorded queue is read', async () => {
  const { client } = await replaying('two_queued');
  const { running, pending } = await client.queue();
  expect([...running, ...pending].map(({ number, clientId }) => [number, clientId])).toEqual([
    [9, 'client-A'],
    [10, 'client-B'],
  ]);
});

test('pitfall 8: a deletion is confirmed by looking', async () => {
  const { client, server } = await replaying('http_misc');
  await client.deleteQueued('x');
  expect(await client.look('none')).toEqual({ state: 'absent' });
  expect(server.seen[0]!.body.toString()).toBe('{"delete":["x"]}');
});

test('history entries are deleted one by one, and memory is freed', async () => {
  const { client, server } = await replaying('http_misc');
  await client.deleteHistory('x');
  await client.freeMemory();
  expect(server.seen.map(({ path, body }) => [path, body.toString()])).toEqual([
    ['/api/history', '{"delete":["x"]}'],
    ['/api/free', '{"unload_models":true,"free_memory":true}'],
  ]);
  expect(await client.queueLength()).toBe(0);
});
