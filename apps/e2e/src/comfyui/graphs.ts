import { randomInt, randomUUID } from 'node:crypto';
import type { Graph } from '@avatarforge/comfy';

/** Where all files of this suite are, below the input and output folders of a server. */
export const FOLDER = 'avatarforge-conformance';

/** A prefix that no other graph writes under. */
export function freshPrefix(): string {
  return `${FOLDER}/${randomUUID().slice(0, 8)}`;
}

/** A colour that hardly any graph before had: what it is in is not in the cache. */
export function freshColor(): number {
  return randomInt(0x1000000);
}

type Node = Graph[string];

export const node = (class_type: string, inputs: Record<string, unknown>): Node => ({
  class_type,
  inputs,
});

export interface Picture {
  width?: number;
  height?: number;
  color?: number;
  prefix?: string;
}

export function emptyImage({ width = 64, height = 48, color = freshColor() }: Picture = {}): Node {
  return node('EmptyImage', { width, height, batch_size: 1, color });
}

export function saveImage(source: string, prefix = freshPrefix()): Node {
  return node('SaveImage', { images: [source, 0], filename_prefix: prefix });
}

/** The smallest graph with three kinds of node: 1 makes a picture, 2 inverts it, 3 saves it. */
export function picture(wish: Picture = {}): Graph {
  return {
    1: emptyImage(wish),
    2: node('ImageInvert', { image: ['1', 0] }),
    3: saveImage('2', wish.prefix),
  };
}

/** Loads an uploaded picture and saves it. */
export function copyOf(image: string): Graph {
  return { 1: node('LoadImage', { image }), 2: saveImage('1') };
}

/** Takes about `seconds`: by the test node LabSlow, else by making a large picture small many times. */
export function slow(hasLabSlow: boolean, seconds: number): Graph {
  return hasLabSlow ? labSlow(seconds) : scalings(seconds * SCALINGS_PER_SECOND);
}

function labSlow(seconds: number): Graph {
  const inputs = { image: ['1', 0], steps: seconds * 10, delay: 0.1, seed: freshColor() };
  return { 1: emptyImage(), 2: node('LabSlow', inputs), 3: saveImage('2') };
}

const SCALINGS_PER_SECOND = 4;
/** Costs a server 200 MB, once: what comes of it is small. */
const LARGE = 4_096;

/** An interrupt is seen between two scalings. */
function scalings(count: number): Graph {
  const graph: Graph = {
    large: emptyImage({ width: LARGE, height: LARGE }),
    batch0: emptyImage({ width: 16, height: 16 }),
  };
  for (let at = 1; at <= count; at += 1) {
    // Of another size each: equal nodes would run once.
    const size = { width: 16 + at, height: 16, upscale_method: 'lanczos', crop: 'disabled' };
    graph[`scaled${at}`] = node('ImageScale', { image: ['large', 0], ...size });
    const images = { image1: [`batch${at - 1}`, 0], image2: [`scaled${at}`, 0] };
    graph[`batch${at}`] = node('ImageBatch', images);
  }
  const inputs = { images: [`batch${count}`, 0] };
  return { ...graph, preview: node('PreviewImage', inputs) };
}
