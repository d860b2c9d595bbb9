import { listenForStop } from './stopSignals';

test('the first signal stops, its echo does nothing, a later one forces', () => {
  let time = 0;
  const { stop, force, ignore } = listenForStop(() => time);
  process.emit('SIGINT');
  expect(stop.aborted).toBe(true);
  time = 20;
  process.emit('SIGINT');
  expect(force.aborted).toBe(false);
  time = 2_000;
  process.emit('SIGTERM');
  expect(force.aborted).toBe(true);
  ignore();
});

test('nobody listens any more after ignore', () => {
  const before = process.listenerCount('SIGHUP');
  listenForStop().ignore();
  expect(process.listenerCount('SIGHUP')).toBe(before);
});
