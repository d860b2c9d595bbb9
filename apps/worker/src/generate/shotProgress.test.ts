import type { ComfyEvent } from '@avatarforge/comfy';
import type { Graph } from '@avatarforge/core';
import fc from 'fast-check';
import { ShotProgress } from './shotProgress';

const node = (class_type: string, inputs: Record<string, unknown> = {}) => ({ class_type, inputs });
const GRAPH: Graph = {
  '3': node('KSampler', { steps: 20 }),
  '4': node('CheckpointLoaderSimple'),
  '8': node('VAEDecode'),
  '9': node('SaveImage'),
};
const promptId = 'p';
const executing = (nodeId: string): ComfyEvent => ({ type: 'executing', promptId, nodeId });
const step = (value: number, nodeId = '3'): ComfyEvent => ({
  ...{ type: 'progress', promptId, nodeId, value, max: 20 },
});
const success: ComfyEvent = { type: 'executionSuccess', promptId };

function after(events: ComfyEvent[], graph = GRAPH): number {
  const progress = new ShotProgress(graph);
  for (const event of events) progress.hear(event);
  return progress.share;
}

test('the steps of the sampler count most', () => {
  expect(after([])).toBe(0);
  expect(after([executing('4')])).toBe(0);
  expect(after([executing('4'), executing('3')])).toBeCloseTo(0.1 / 3);
  expect(after([executing('4'), executing('3'), step(10)])).toBeCloseTo(0.1 / 3 + 0.45);
  expect(after([executing('4'), executing('3'), step(20), executing('8')])).toBeCloseTo(
    0.9 + 0.1 / 3,
  );
});

test('what ComfyUI has already counts as done', () => {
  const cached: ComfyEvent = { type: 'executionCached', promptId, nodeIds: ['4', '3'] };
  expect(after([cached, executing('8')])).toBeCloseTo(0.9 + 0.1 / 3);
});

test('a graph without samplers counts its nodes', () => {
  const graph = { '1': node('LoadImage'), '2': node('SaveImage') };
  expect(after([executing('1'), executing('2')], graph)).toBe(0.5);
});

test('two samplers count by their steps, a linked number as a usual one', () => {
  const graph = { a: node('KSampler', { steps: ['x', 0] }), b: node('KSampler', { steps: 60 }) };
  expect(after([executing('a'), executing('b')], graph)).toBeCloseTo(0.25);
});

test('only success is all of it, and it never falls', () => {
  const id = fc.constantFrom('3', '4', '8', '9', 'unknown');
  const event: fc.Arbitrary<ComfyEvent> = fc.oneof(
    id.map(executing),
    fc.tuple(fc.nat(30), id).map(([value, nodeId]) => step(value, nodeId)),
    fc.array(id).map((nodeIds) => ({ type: 'executionCached' as const, promptId, nodeIds })),
  );
  fc.assert(
    fc.property(fc.array(event), (events) => {
      const progress = new ShotProgress(GRAPH);
      let last = 0;
      for (const each of events) {
        progress.hear(each);
        expect(progress.share).toBeGreaterThanOrEqual(last);
        expect(progress.share).toBeLessThan(1);
        last = progress.share;
      }
      progress.hear(success);
      expect(progress.share).toBe(1);
    }),
  );
});
