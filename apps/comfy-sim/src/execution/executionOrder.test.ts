import type { Graph } from '../graph';
import { ExecutionOrder } from './executionOrder';

const txt2img: Graph = {
  4: { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'a' } },
  5: { class_type: 'EmptyLatentImage', inputs: {} },
  6: { class_type: 'CLIPTextEncode', inputs: { clip: ['4', 1] } },
  7: { class_type: 'CLIPTextEncode', inputs: { clip: ['4', 1] } },
  3: {
    class_type: 'KSampler',
    inputs: { model: ['4', 0], positive: ['6', 0], negative: ['7', 0], latent_image: ['5', 0] },
  },
  8: { class_type: 'VAEDecode', inputs: { samples: ['3', 0], vae: ['4', 2] } },
  9: { class_type: 'SaveImage', inputs: { images: ['8', 0] } },
};

function walk(order: ExecutionOrder): string[] {
  const ids: string[] = [];
  for (let id = order.next(); id !== undefined; id = order.next()) {
    ids.push(id);
    order.complete(id);
  }
  return ids;
}

test('nodes run in the order a real server was seen to run them', () => {
  const order = new ExecutionOrder(txt2img, () => false, ['9']);
  expect(walk(order)).toEqual(['4', '5', '7', '6', '3', '8', '9']);
});

test('what is cached, and what only that needs, does not run', () => {
  const order = new ExecutionOrder(txt2img, (id) => id === '3' || id === '4', ['9']);
  expect(walk(order)).toEqual(['8', '9']);
});
