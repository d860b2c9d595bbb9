import type { RunningService, ServiceExit } from '@avatarforge/embedded';
import { SupervisedService } from './supervisedService';

/** A service whose processes end when the test says so, in a time that the test moves. */
function createScene() {
  const stopping = new AbortController();
  const lines: string[] = [];
  const waits: number[] = [];
  const exits: ((exit: ServiceExit) => void)[] = [];
  let time = 0;
  let failures = 0;
  let onStarted: () => void = () => undefined;

  const start = (): Promise<RunningService> => {
    if (failures > 0) {
      failures -= 1;
      return Promise.reject(new Error('no memory'));
    }
    const pid = exits.length + 1;
    const exited = new Promise<ServiceExit>((resolve) => exits.push(resolve));
    onStarted();
    return Promise.resolve({ name: 'one', pid, exited, stop: jest.fn(), tail: () => '' });
  };
  const clock = {
    now: () => time,
    sleep: (ms: number) => {
      waits.push(ms);
      return Promise.resolve();
    },
  };
  const surroundings = { say: (line: string) => lines.push(line), clock, signal: stopping.signal };
  return {
    stopping,
    lines,
    waits,
    start: () => SupervisedService.start({ name: 'one', start }, surroundings),
    /** Ends the latest process after it ran for a while, and waits for the next. */
    async die(afterMs: number, failedStarts = 0) {
      time += afterMs;
      failures = failedStarts;
      const restarted = new Promise<void>((resolve) => (onStarted = resolve));
      exits.at(-1)?.({ code: 1, signal: null });
      await restarted;
      await new Promise(setImmediate); // until the new process is being watched
    },
  };
}

test('a dead process is replaced, with pauses that grow and are forgotten after good health', async () => {
  const scene = createScene();
  const service = await scene.start();
  service.watch();
  for (let death = 0; death < 6; death += 1) await scene.die(100);
  expect(scene.waits).toEqual([500, 1000, 2000, 4000, 8000, 10_000]);
  await scene.die(30_000);
  expect(scene.waits.at(-1)).toBe(500);
  expect(service.running.pid).toBe(8);
});

test('each event is one line', async () => {
  const scene = createScene();
  const service = await scene.start();
  service.watch();
  await scene.die(100, 1);
  scene.stopping.abort();
  await service.stop();
  expect(scene.lines).toEqual([
    'one (pid 1) ended with code 1; starting it again.',
    'one could not be started: no memory',
    'one runs again (pid 2).',
  ]);
  expect(scene.waits).toEqual([500, 1000]);
});

test('when everything stops, nothing is started again', async () => {
  const scene = createScene();
  const service = await scene.start();
  service.watch();
  scene.stopping.abort();
  await service.stop();
  expect(service.running.stop).toHaveBeenCalledTimes(1);
  expect(scene.lines).toEqual([]);
});
