import { Wake } from './wake';

const never = new AbortController().signal;
const LONG_MS = 60_000;

test('who waits goes on when called', async () => {
  const wake = new Wake();
  const waiting = wake.wait(LONG_MS, never);
  wake.now();
  await waiting;
});

test('a call that comes before anybody waits is kept, once', async () => {
  const wake = new Wake();
  wake.now();
  wake.now();
  await wake.wait(LONG_MS, never);

  const second = wake.wait(LONG_MS, AbortSignal.timeout(1));
  await second;
});

test('nobody waits longer than asked, or past the end', async () => {
  const wake = new Wake();
  await wake.wait(1, never);
  await wake.wait(LONG_MS, AbortSignal.abort());
});
