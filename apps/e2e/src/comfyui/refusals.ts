import type { ComfyFailure, Graph } from '@avatarforge/comfy';
import { bindWorkflow, checkGraph, loadWorkflows } from '@avatarforge/workflows';
import { emptyImage, freshPrefix, node, picture, saveImage } from './graphs';
import type { Guarantee } from './guarantee';
import type { Visit } from './visit';
import { isAtLeast } from './versions';

/** Graphs that are no good: each gets a typed failure that names node and field, and leaves nothing. */
export function refusals(guarantee: Guarantee): void {
  const refuses = (what: string, graph: () => Graph, failure: Partial<ComfyFailure>) => {
    guarantee(`refuses ${what}, naming it`, async (comfy) => {
      expect((await refused(comfy, graph()))[0]).toMatchObject(failure);
    });
  };
  refuses(
    'a node class that is not installed',
    () => ({ 1: node('AvatarForgeNoSuchNode', {}), 2: saveImage('1') }),
    { kind: 'missing_node', nodeId: '1', nodeType: 'AvatarForgeNoSuchNode' },
  );
  refuses('a value that is not in its list', () => scaled({ upscale_method: 'lanczoss' }), {
    ...{ kind: 'validation', nodeId: '2', nodeType: 'ImageScale', field: 'upscale_method' },
    nearest: expect.arrayContaining(['lanczos']) as string[],
  });
  refuses('a model file that is not there', () => textToImage('no-such-file.safetensors'), {
    ...{ kind: 'missing_model', nodeId: '4', field: 'ckpt_name' },
  });
  refuses('a number below its range', () => scaled({ width: -1 }), {
    ...{ kind: 'validation', nodeId: '2', field: 'width' },
  });
  refuses('a number above its range', () => scaled({ height: 1_000_000 }), {
    ...{ kind: 'validation', nodeId: '2', field: 'height' },
  });
  refuses('a text that is no number', () => scaled({ width: 'wide' }), {
    ...{ kind: 'validation', nodeId: '2', field: 'width' },
  });
  refuses(
    'a required input that is missing',
    () => ({ ...picture(), 2: node('ImageInvert', {}) }),
    { kind: 'validation', nodeId: '2', nodeType: 'ImageInvert', field: 'image' },
  );
  refuses(
    'a link of the wrong type',
    () => ({
      ...picture(),
      1: node('EmptyLatentImage', { width: 64, height: 64, batch_size: 1 }),
    }),
    { kind: 'validation', nodeId: '2', field: 'image' },
  );
  refuses('a picture that was not uploaded', () => copyOfNothing(), {
    ...{ kind: 'validation', nodeId: '1', field: 'image' },
  });
  refuses('a graph without outputs', () => ({ 1: emptyImage() }), { kind: 'invalid' });
  refuses('a graph without nodes', () => ({}), { kind: 'invalid' });

  guarantee('refuses a cycle', async (comfy) => {
    const [failure] = await refused(comfy, cycle());
    const names = /cycle/i.test(failure?.message ?? '');
    expect(names).toBe(true);
    comfy.observe(
      'names the nodes of a cycle',
      isAtLeast(comfy.version, '0.20.0'),
      failure?.nodeId != null,
    );
  });

  guarantee('a UI export never becomes a prompt', async (comfy) => {
    const { id, result } = await comfy.submit(UI_EXPORT as unknown as Graph);
    expect(result.outcome).not.toBe('accepted');
    expect(await comfy.client.look(id)).toEqual({ state: 'absent' });
    const issues = checkGraph(UI_EXPORT, comfy.nodeClasses);
    expect(issues.map(({ code }) => code)).toEqual(['ui_format']);
    comfy.observe('what our client is told of a UI export', 'unknown', result.outcome);
  });

  guarantee('a graph of which one output is bad is refused as a whole', async (comfy) => {
    await comfy.occupy();
    const graph = { ...picture(), 4: node('SaveImage', { filename_prefix: freshPrefix() }) };
    const failures = await refused(comfy, graph);
    expect(failures[0]).toMatchObject({ kind: 'validation', nodeId: '4', field: 'images' });
  });
}

/** The failures of a graph that must be refused, and must be nowhere afterwards. */
async function refused(comfy: Visit, graph: Graph): Promise<ComfyFailure[]> {
  const { id, result } = await comfy.submit(graph);
  if (result.outcome !== 'rejected') throw new Error(`not rejected: ${JSON.stringify(result)}`);
  expect(result.lingers).toBe(false);
  expect(await comfy.client.look(id)).toEqual({ state: 'absent' });
  const { running, pending } = await comfy.client.queue();
  expect([...running, ...pending].filter(({ tag }) => tag?.attempt === id)).toEqual([]);
  return result.failures;
}

function scaled(inputs: Record<string, unknown>): Graph {
  const valid = { upscale_method: 'area', width: 32, height: 32, crop: 'disabled' };
  return {
    1: emptyImage(),
    2: node('ImageScale', { image: ['1', 0], ...valid, ...inputs }),
    3: saveImage('2'),
  };
}

function textToImage(checkpoint: string): Graph {
  const workflow = loadWorkflows().get('text-to-image-sd15')!;
  return bindWorkflow(workflow, { checkpoint, prompt: 'a cat', seed: 1 }).graph;
}

function copyOfNothing(): Graph {
  return { 1: node('LoadImage', { image: 'avatarforge-no-such-file.png' }), 2: saveImage('1') };
}

function cycle(): Graph {
  return {
    1: node('ImageInvert', { image: ['2', 0] }),
    2: node('ImageInvert', { image: ['1', 0] }),
    3: saveImage('2'),
  };
}

/** A workflow as the web interface saves it. */
const UI_EXPORT = {
  last_node_id: 2,
  last_link_id: 1,
  nodes: [
    { id: 1, type: 'EmptyImage', widgets_values: [64, 64, 1, 0], inputs: [], outputs: [] },
    { id: 2, type: 'SaveImage', widgets_values: ['ComfyUI'], inputs: [], outputs: [] },
  ],
  links: [[1, 1, 0, 2, 0, 'IMAGE']],
  groups: [],
  config: {},
  extra: {},
  version: 0.4,
};
