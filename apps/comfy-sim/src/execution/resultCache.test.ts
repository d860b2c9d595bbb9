import { Folders } from '../files/folders';
import type { Graph } from '../graph';
import { ResultCache, signGraph } from './resultCache';

const folders = new Folders('unused');

function graphOf(ids: [string, string], text: string): Graph {
  return {
    [ids[0]]: { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'a' } },
    [ids[1]]: { class_type: 'CLIPTextEncode', inputs: { text, clip: [ids[0], 1] } },
  };
}

test('a signature hangs on class, literals and ancestry, not on ids', async () => {
  const first = await signGraph(graphOf(['1', '2'], 'cat'), folders);
  const renamed = await signGraph(graphOf(['8', '9'], 'cat'), folders);
  const changed = await signGraph(graphOf(['1', '2'], 'dog'), folders);
  expect(renamed.get('9')).toBe(first.get('2'));
  expect(changed.get('2')).not.toBe(first.get('2'));
  expect(changed.get('1')).toBe(first.get('1'));
});

test('a circle that no output needs is signed, too', async () => {
  const graph: Graph = {
    1: { class_type: 'ImageInvert', inputs: { image: ['2', 0] } },
    2: { class_type: 'ImageInvert', inputs: { image: ['1', 0] } },
  };
  expect((await signGraph(graph, folders)).size).toBe(2);
});

test('above its capacity the cache forgets what was used longest ago', () => {
  const cache = new ResultCache(1500);
  const entry = { outputs: [] };
  cache.set('a', entry);
  cache.set('b', entry);
  cache.get('a');
  cache.set('c', entry);
  expect(['a', 'b', 'c'].map((key) => cache.get(key))).toEqual([entry, undefined, entry]);
});
