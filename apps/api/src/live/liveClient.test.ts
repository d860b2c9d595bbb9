import type { LoggedEvent } from '@avatarforge/db';
import fc from 'fast-check';
import { LiveClient, PAGE, type LiveEnd } from './liveClient';
import { SSE_FORMAT } from './liveFormat';

const OWNER = 'owner';
const GENERATIONS = ['a', 'b'] as const;
type Deed =
  | { do: 'append'; of: string; count: number }
  | { do: 'read' }
  | { do: 'drain' }
  | { do: 'tick' }
  | { do: 'join'; of: string };

/** A log that a hub reads for one client, whose sink is full after some writes; answers come when the scheduler likes. */
function createScene(scheduler: fc.Scheduler, room: number) {
  const log: LoggedEvent[] = [];
  const written: string[] = [];
  const joinedAt = new Map<string, number>();
  const topics = new Set<string>();
  const ends: LiveEnd[] = [];
  let position = 0;
  let free = room;
  let drain: () => void = () => undefined;
  const client = new LiveClient({
    ...{ ownerId: OWNER, format: SSE_FORMAT, endsWhenFinal: false, slowMs: 60_000 },
    sink: {
      write: (text) => {
        written.push(text);
        free -= 1;
        return free > 0;
      },
      onDrain: (listener) => (drain = listener),
      end: (reason) => ends.push(reason),
    },
    source: {
      position: () => BigInt(position),
      readLog: async (after, { generationIds = [] }) => {
        // What is committed while the question is on its way may be in the answer, or not.
        await scheduler.schedule(Promise.resolve(), 'asked');
        const page = log.filter(
          ({ id, generationId }) =>
            BigInt(id) > after && generationIds.includes(generationId ?? ''),
        );
        await scheduler.schedule(Promise.resolve(), 'answered');
        return page.slice(0, PAGE);
      },
      show: () => Promise.resolve([]),
      onError: (error) => {
        throw error;
      },
    },
    onEnd: () => undefined,
  });
  const readForAll = () => {
    for (const event of log.slice(position)) {
      position = Number(event.id);
      if (topics.has(event.generationId ?? '')) client.offerEvent(event);
    }
  };
  return {
    log,
    joinedAt,
    ids: () => written.flatMap((text) => /^id: (\d+)\nevent/.exec(text)?.[1] ?? []).map(Number),
    perform(deed: Deed) {
      if (deed.do === 'append') {
        for (let n = 0; n < deed.count; n += 1) {
          const id = String(log.length + 1);
          log.push({
            id,
            ownerId: OWNER,
            generationId: deed.of,
            event: 'generation.queued',
            body: {},
          });
        }
      } else if (deed.do === 'read') readForAll();
      else if (deed.do === 'tick') client.tick();
      else if (deed.do === 'drain') {
        free = room;
        drain();
      } else if (!topics.has(deed.of)) {
        topics.add(deed.of);
        readForAll();
        joinedAt.set(deed.of, log.length);
        void client.join({ topics: [deed.of], after: BigInt(log.length) });
      }
    },
  };
}

const deeds = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constant('append' as const),
      of: fc.constantFrom(...GENERATIONS),
      count: fc.constantFrom(1, 2, PAGE, PAGE + 1),
    }),
    fc.constantFrom<Deed[]>({ do: 'read' }, { do: 'drain' }, { do: 'tick' }),
    fc.record({ do: fc.constant('join' as const), of: fc.constantFrom(...GENERATIONS) }),
  ),
  { maxLength: 30 },
);

test('whatever comes between, a client is told each event of a generation after it joined once and in order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      deeds,
      fc.integer({ min: 1, max: 50 }),
      async (s, all, room) => {
        const scene = createScene(s, room);
        for (const deed of all) {
          scene.perform(deed);
          if (s.count() > 0) await s.waitNext(1);
        }
        scene.perform({ do: 'read' });
        for (let idle = 0; idle < 3; idle += 1) {
          const before = scene.ids().length;
          scene.perform({ do: 'drain' });
          await s.waitIdle();
          if (scene.ids().length > before) idle = -1;
        }
        // One generation's in order; of one that is joined later, what was may follow on what is.
        for (const generation of GENERATIONS) {
          const start = scene.joinedAt.get(generation) ?? Infinity;
          const ofThis = scene.log.filter(({ generationId }) => generationId === generation);
          const told = new Set(ofThis.map(({ id }) => Number(id)));
          expect(scene.ids().filter((id) => told.has(id))).toEqual(
            [...told].filter((id) => id > start),
          );
        }
      },
    ),
    { numRuns: 300 },
  );
});
