import { createComfyClient } from '@avatarforge/comfy';
import { createLogger } from '@avatarforge/runtime';
import { Cancellation } from './cancellation';
import { HeldLease } from './heldLease';
import type { Sighting } from './watchdog';
import { WatchedPrompt } from './watchedPrompt';

const SECOND = 1000;

/** A prompt that was cancelled at 0, and a ComfyUI that answers `cancelled`; `asked` is what it was asked. */
function cancelled({ cancelled }: { cancelled: boolean } = { cancelled: true }) {
  const prompt = new WatchedPrompt('a', false);
  prompt.cancel(0);
  const asked: string[] = [];
  const fetch: typeof globalThis.fetch = (url) => {
    asked.push(new URL(url).pathname);
    return Promise.resolve(Response.json({ cancelled }));
  };
  const session = {
    comfy: createComfyClient({ baseUrl: 'http://comfy', version: '0.33.0', fetch }),
    held: new HeldLease({ instanceId: 'i', epoch: '1' }, performance.now()),
    log: createLogger({ name: 'test', level: 'silent' }),
  };
  return { cancellation: new Cancellation(prompt), session, asked };
}

const seen = (state: Sighting['state'], at = 0): Sighting => ({ state, at, socketHeardAt: at });

test('a prompt that is wanted ends as the watchdog says', () => {
  const cancellation = new Cancellation(new WatchedPrompt('a', false));
  expect(cancellation.judge(seen('absent'), 'released')).toBe('released');
  expect(cancellation.judge(seen('running', 60 * SECOND), null)).toBeNull();
});

test('ComfyUI is asked by the id, once and only while the prompt is there', async () => {
  const { cancellation, session, asked } = cancelled();
  for (const state of ['absent', 'silent', 'refused'] as const) {
    await cancellation.ask(session, seen(state));
  }
  expect(asked).toEqual([]);
  for (const state of ['pending', 'running'] as const) await cancellation.ask(session, seen(state));
  expect(asked).toEqual(['/api/jobs/a/cancel']);
});

test('ComfyUI is asked again every three seconds while that has no effect', async () => {
  const { cancellation, session, asked } = cancelled();
  const askedAfter = async (at: number) => {
    await cancellation.ask(session, seen('running', at));
    return asked.length;
  };
  expect(await askedAfter(0)).toBe(1);
  expect(await askedAfter(3 * SECOND - 1)).toBe(1);
  expect(await askedAfter(3 * SECOND)).toBe(2);
  expect(await askedAfter(5 * SECOND)).toBe(2);
  expect(await askedAfter(6 * SECOND)).toBe(3);
});

test('ComfyUI is not asked by who may have lost the instance', async () => {
  const { cancellation, session, asked } = cancelled();
  session.held.end();
  await cancellation.ask(session, seen('running'));
  expect(asked).toEqual([]);
});

test('what was taken out is over as soon as it is not there', async () => {
  const { cancellation, session } = cancelled();
  await cancellation.ask(session, seen('pending'));
  expect(cancellation.judge(seen('absent'), null)).toBe('cancelled');
});

test('what may still be on its way is over when the watchdog gives it up', async () => {
  const { cancellation, session } = cancelled({ cancelled: false });
  await cancellation.ask(session, seen('pending'));
  expect(cancellation.judge(seen('absent'), null)).toBeNull();
  expect(cancellation.judge(seen('absent', 2 * SECOND), 'released')).toBe('cancelled');
});

test.each(['running', 'pending', 'silent'] as const)(
  '%s for ten seconds, it ignores the cancel',
  (state) => {
    const { cancellation } = cancelled();
    expect(cancellation.judge(seen(state, 9 * SECOND), null)).toBeNull();
    expect(cancellation.judge(seen(state, 10 * SECOND), null)).toBe('cancel_ignored');
  },
);

test('one that hangs anyway is told to hang', () => {
  const { cancellation } = cancelled();
  expect(cancellation.judge(seen('running', SECOND), 'hang')).toBe('hang');
});
