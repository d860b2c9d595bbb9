import { PromptQueue } from './promptQueue';
import type { QueueItem } from './queueItem';

function item(number: number, promptId: string): QueueItem {
  return { number, promptId, graph: {}, extraData: {}, outputs: [] };
}

function countedQueue(): { queue: PromptQueue; remaining: number[] } {
  const remaining: number[] = [];
  const queue: PromptQueue = new PromptQueue(() => remaining.push(queue.remaining));
  return { queue, remaining };
}

const entry = {
  prompt: [0, 'a', {}, {}, []] as [number, string, object, object, string[]],
  outputs: {},
  status: { status_str: 'success' as const, completed: true, messages: [] },
  meta: {},
};

test('every change is announced: put, taken, finished, deleted, cleared', () => {
  const { queue, remaining } = countedQueue();
  const first = item(0, 'a');
  queue.put(first);
  queue.take();
  queue.put(item(1, 'b'));
  queue.put(item(2, 'c'));
  queue.finish(first, entry as never);
  queue.delete('b');
  queue.clear();
  expect(remaining).toEqual([1, 1, 2, 3, 2, 1, 0]);
});

test('deleting the last waiting prompt is announced twice, deleting an unknown one not at all', () => {
  const { queue, remaining } = countedQueue();
  queue.put(item(0, 'a'));
  expect([queue.delete('x'), queue.delete('a')]).toEqual([false, true]);
  expect(remaining).toEqual([1, 0, 0]);
});

test('the lowest number goes first, equal numbers by their ids', () => {
  const { queue } = countedQueue();
  for (const one of [item(5, 'a'), item(0.5, 'z'), item(0.5, 'b'), item(-3, 'q')]) queue.put(one);
  const order = [queue.take(), queue.take(), queue.take(), queue.take()];
  expect(order.map((one) => one?.promptId)).toEqual(['q', 'b', 'z', 'a']);
});

test('the same number and id a second time fails, and waits all the same', () => {
  const { queue, remaining } = countedQueue();
  queue.put(item(0, 'a'));
  expect(() => {
    queue.put(item(0, 'a'));
  }).toThrow(TypeError);
  expect([queue.pending.length, remaining]).toEqual([2, [1]]);
});
