import { Watchdog, type Sighting } from './watchdog';
import { cutOff, WatchedPrompt } from './watchedPrompt';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** A prompt that began at 0 and was heard of then, on a socket that answers pings. */
function started(): WatchedPrompt {
  const prompt = new WatchedPrompt('a', false);
  prompt.heard(0);
  return prompt;
}

/** Looks every second until something is decided; returns what, and when. */
function watch(
  prompt: WatchedPrompt,
  state: Sighting['state'],
  options: { untilMs: number; socketHeardAt?: (at: number) => number | null },
) {
  const { untilMs, socketHeardAt = (at: number) => at } = options;
  const watchdog = new Watchdog(prompt);
  for (let at = 0; at <= untilMs; at += SECOND) {
    const reason = watchdog.judge({ state, at, socketHeardAt: socketHeardAt(at) });
    if (reason) return { reason, at };
  }
  return null;
}

describe('pitfall 9: a prompt that runs and tells nothing any more', () => {
  test('hangs, while the socket would tell', () => {
    expect(watch(started(), 'running', { untilMs: 20 * MINUTE })).toEqual({
      reason: 'hang',
      at: 15 * MINUTE,
    });
  });

  test('does not while messages name it', () => {
    const prompt = started();
    const watchdog = new Watchdog(prompt);
    for (let at = 0; at < 50 * MINUTE; at += MINUTE) {
      if (at % (10 * MINUTE) === 0) prompt.heard(at);
      expect(watchdog.judge({ state: 'running', at, socketHeardAt: at })).toBeNull();
    }
  });

  test.each([
    ['is deaf', (at: number) => at - 31 * SECOND],
    ['is gone', () => null],
  ])('does not while the socket %s, until the longest run is over', (_, socketHeardAt) => {
    expect(watch(started(), 'running', { untilMs: 61 * MINUTE, socketHeardAt })).toEqual({
      reason: 'hang',
      at: 60 * MINUTE,
    });
  });

  test('does not while it cannot be seen to run', () => {
    expect(watch(started(), 'pending', { untilMs: 59 * MINUTE })).toBeNull();
  });
});

test('pitfall 2: a prompt of which nothing was ever heard is followed by the poll alone', () => {
  const prompt = new WatchedPrompt('a', true);
  expect(watch(prompt, 'running', { untilMs: 59 * MINUTE })).toBeNull();
});

test('pitfall 3: after a reconnection its silence means nothing', () => {
  const prompt = started();
  prompt.heardCutOff();
  expect(watch(prompt, 'running', { untilMs: 59 * MINUTE })).toBeNull();
});

test('pitfall 4: absent once is not lost', () => {
  const watchdog = new Watchdog(started());
  const at = (ms: number) => ({ at: ms, socketHeardAt: ms });
  expect(watchdog.judge({ state: 'absent', ...at(0) })).toBeNull();
  expect(watchdog.judge({ state: 'running', ...at(1900) })).toBeNull();
  expect(watchdog.judge({ state: 'absent', ...at(2000) })).toBeNull();
  expect(watchdog.judge({ state: 'absent', ...at(3900) })).toBeNull();
});

test('pitfall 8: one that was taken out from outside is told by its absence alone', () => {
  const evicted = { reason: 'evicted', at: 2 * SECOND };
  expect(watch(started(), 'absent', { untilMs: MINUTE })).toEqual(evicted);
  const waiting = new WatchedPrompt('a', false);
  expect(watch(waiting, 'absent', { untilMs: MINUTE })).toMatchObject({ reason: 'released' });
});

describe('pitfall 23: a ComfyUI that was restarted forgot everything', () => {
  test('what ran there is lost, what waited is released', () => {
    for (const [hasStarted, reason] of [
      [true, 'instance_lost'],
      [false, 'released'],
    ] as const) {
      const prompt = new WatchedPrompt('a', hasStarted);
      prompt.heardCutOff();
      expect(watch(prompt, 'absent', { untilMs: MINUTE })).toEqual({ reason, at: 2 * SECOND });
    }
  });

  test('one that refuses connections is given ten seconds, one that is silent five minutes', () => {
    expect(watch(started(), 'refused', { untilMs: MINUTE })).toEqual({
      reason: 'instance_lost',
      at: 10 * SECOND,
    });
    expect(watch(started(), 'silent', { untilMs: 10 * MINUTE })).toEqual({
      reason: 'hang',
      at: 5 * MINUTE,
    });
  });
});

test('pitfall 9: what waits on an instance that works no more is released, what runs is not', () => {
  const waiting = new WatchedPrompt('a', false);
  waiting.strand();
  expect(watch(waiting, 'pending', { untilMs: MINUTE })).toEqual({ reason: 'released', at: 0 });
  const running = started();
  running.strand();
  expect(watch(running, 'running', { untilMs: MINUTE })).toBeNull();
});

test('a run longer than its lane allows hangs, from when it began', () => {
  const prompt = new WatchedPrompt('a', false);
  prompt.maxRunMs = 10 * MINUTE;
  const watchdog = new Watchdog(prompt);
  const judge = (state: Sighting['state'], at: number) =>
    watchdog.judge({ state, at, socketHeardAt: null });
  expect(judge('pending', 0)).toBeNull();
  expect(judge('pending', 30 * MINUTE)).toBeNull();
  prompt.hasStarted = true;
  expect(judge('running', 31 * MINUTE)).toBeNull();
  expect(judge('running', 41 * MINUTE - 1)).toBeNull();
  expect(judge('running', 41 * MINUTE)).toBe('hang');
});

describe('when an instance dies, one prompt is to blame', () => {
  const given = () => {
    const prompts = ['a', 'b', 'c'].map((id) => new WatchedPrompt(id, false));
    return prompts as [WatchedPrompt, WatchedPrompt, WatchedPrompt];
  };
  const reasons = (prompts: WatchedPrompt[]) => {
    cutOff(prompts);
    return prompts.map((prompt) => watch(prompt, 'absent', { untilMs: MINUTE })?.reason);
  };

  test('the one that ran', () => {
    const [first, second, third] = given();
    for (const prompt of [first, second, third]) prompt.found('x');
    second.hasStarted = true;
    expect(reasons([first, second, third])).toEqual(['released', 'instance_lost', 'released']);
  });

  test('the first that was sent, where nobody could say which ran', () => {
    const [first, second, third] = given();
    second.found('x');
    third.found('x');
    expect(reasons([first, second, third])).toEqual(['released', 'instance_lost', 'released']);
  });

  test('none that is over, nor any that was never sent', () => {
    const [first, second, third] = given();
    first.found('x');
    first.isOver = true;
    expect(reasons([second, third])).toEqual(['released', 'released']);
    third.found('x');
    cutOff([first, second, third]);
    expect(first.mayHaveStarted).toBe(false);
    expect(third.mayHaveStarted).toBe(true);
  });
});
