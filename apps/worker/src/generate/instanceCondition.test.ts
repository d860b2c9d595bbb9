import { InstanceCondition } from './instanceCondition';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

function given(): InstanceCondition {
  const condition = new InstanceCondition();
  condition.trouble('hung', 0, 'a');
  return condition;
}

test('one that is well holds as much as its driver likes, and has nothing to say', () => {
  const condition = new InstanceCondition();
  expect(condition.allowance(0)).toBe(Infinity);
  expect(condition.describe(0)).toEqual({ health: 'ok', healthReason: null });
});

test('one that is too old holds one prompt, and says why', () => {
  const condition = new InstanceCondition();
  condition.isSolo = true;
  expect(condition.allowance(0)).toBe(1);
  expect(condition.describe(0)).toMatchObject({
    health: 'ok',
    healthReason: expect.stringContaining('one prompt at a time') as string,
  });
});

test('one that hangs gets nothing before that prompt has ended, however long it takes', () => {
  const condition = given();
  expect(condition.allowance(60 * MINUTE)).toBe(0);
  condition.leftoverEnded();
  expect(condition.allowance(60 * MINUTE)).toBe(1);
});

test('operators are told to restart it only when it has been waited for', () => {
  const condition = given();
  const told = (at: number) => condition.describe(at).healthReason;
  expect(told(59 * SECOND)).toBe(
    'ComfyUI stopped making progress on a picture. It gets no other prompt before that one has ended.',
  );
  expect(told(3 * MINUTE)).toBe(
    'ComfyUI stopped making progress on a picture. That one has not ended for 3 minutes: restart ComfyUI.',
  );
});

test('one that gave trouble is quarantined until a time that is told, then tried, then well', () => {
  const condition = new InstanceCondition();
  condition.trouble('died', 0);
  expect(condition.describe(0)).toEqual({
    health: 'quarantined',
    healthReason: expect.stringMatching(
      /^ComfyUI died while it drew a picture\. It gets no prompt before \d\d:\d\d:\d\d UTC; then one is tried\.$/,
    ) as string,
  });
  expect(condition.drewPicture(0)).toBe(false);
  expect(condition.describe(MINUTE)).toEqual({
    health: 'half_open',
    healthReason:
      'ComfyUI died while it drew a picture. It gets one prompt at a time until it has drawn a picture.',
  });
  expect(condition.drewPicture(MINUTE)).toBe(true);
  expect(condition.describe(MINUTE)).toEqual({ health: 'ok', healthReason: null });
});

test('what the driver before knew goes on where it was', () => {
  const before = given();
  const memory = before.memory(0);
  expect(memory.troubles).toBe(1);
  const next = new InstanceCondition();
  next.restore(memory, 1000 * MINUTE);
  expect(next.allowance(1000 * MINUTE + memory.retryInMs - 1)).toBe(0);
  expect(next.allowance(1000 * MINUTE + memory.retryInMs)).toBe(1);
  next.trouble('hung', 1001 * MINUTE);
  expect(next.memory(1001 * MINUTE).troubles).toBe(2);
});
