import { createReleasers, type Releasers } from '@avatarforge/runtime';
import { newSecret, signDelivery } from '@avatarforge/webhooks';
import { pidOfConnection } from './faults/pidOfConnection';
import { startRecorder, type Recorder } from './recorder';

let releasers: Releasers;
let recorder: Recorder;
const secret = newSecret('v1');
const body = JSON.stringify({ type: 'generation.completed', data: { id: 'g' } });

beforeEach(async () => {
  releasers = createReleasers();
  recorder = await startRecorder(releasers);
  recorder.learnSecret('ann', secret);
});
afterEach(() => releasers.release());

function post(id: string, signedBody = body, signal?: AbortSignal) {
  const headers = signDelivery({ id, body: signedBody, secrets: [secret], at: Date.now() });
  return fetch(recorder.urlFor('ann'), { method: 'POST', body, headers, signal: signal ?? null });
}

test('what it takes is written down, with what was signed told from what was not', async () => {
  expect((await post('a')).status).toBe(204);
  expect((await post('b', '{}')).status).toBe(204);
  expect(recorder.received).toMatchObject([
    { webhookId: 'a', event: 'generation.completed', generationId: 'g', isVerified: true },
    { webhookId: 'b', isVerified: false },
  ]);
});

test('what it does not take is not written down', async () => {
  recorder.behave('failing');
  expect((await post('a')).status).toBe(503);
  recorder.behave('silent');
  const impatient = new AbortController();
  const answer = post('b', body, impatient.signal);
  impatient.abort();
  await expect(answer).rejects.toThrow('aborted');
  recorder.behave('well');
  expect((await post('c')).status).toBe(204);
  expect(recorder.received.map(({ webhookId }) => webhookId)).toEqual(['c']);
});

if (process.platform === 'linux') {
  test('it can be told whose webhook has come', async () => {
    const next = recorder.next();
    const answer = post('a').catch(() => undefined);
    const port = await next;
    expect(pidOfConnection(port ?? 0, [1, process.pid])).toBe(process.pid);
    expect(pidOfConnection(port ?? 0, [])).toBeNull();
    expect(pidOfConnection(1, [process.pid])).toBeNull();
    await releasers.release();
    await answer;
    releasers = createReleasers();
  });
}
