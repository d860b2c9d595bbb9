import { PriorityHeap } from './priorityHeap';

function heapOf(numbers: number[]): PriorityHeap<number> {
  const heap = new PriorityHeap<number>((a, b) => a < b);
  for (const number of numbers) heap.push(number);
  return heap;
}

test('the list has the order of Python heapq', () => {
  expect(heapOf([5, 3, 8, 1, 9, 2]).items).toEqual([1, 3, 2, 5, 9, 8]);
});

test('items come out in ascending order', () => {
  const heap = heapOf([5, 3, 8, 1, 9, 2]);
  expect(Array.from({ length: 6 }, () => heap.pop())).toEqual([1, 2, 3, 5, 8, 9]);
  expect(heap.pop()).toBeUndefined();
});

test('after a removal the rest is ordered anew, as heapify does it', () => {
  const heap = heapOf([5, 3, 8, 1, 9, 2]);
  expect(heap.remove((item) => item === 1)).toBe(true);
  expect(heap.items).toEqual([2, 3, 5, 9, 8]);
  expect(heap.remove((item) => item === 77)).toBe(false);
});
