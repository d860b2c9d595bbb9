import { copyOf, emptyImage, FOLDER, node, picture, saveImage } from './graphs';
import type { Guarantee } from './guarantee';
import { story } from './listener';

/** Graphs that are accepted and fail while they run. */
export function failures(guarantee: Guarantee): void {
  guarantee(
    'a file that is no picture fails its node, and is told without paths',
    async (comfy) => {
      const bytes = new TextEncoder().encode('this is no picture');
      const name = await comfy.client.uploadImage({ bytes, filename: 'no.png', subfolder: FOLDER });
      const listener = await comfy.listen();
      const { id, promptId } = await comfy.enqueue(copyOf(name), listener);
      const verdict = await comfy.ended(id);
      expect(verdict).toMatchObject({
        outcome: 'error',
        failure: { kind: 'node_error', nodeId: '1', nodeType: 'LoadImage' },
      });
      expect(JSON.stringify(verdict)).not.toMatch(/\/(?:home|root|tmp|usr|opt|var)\/|Traceback/);
      await listener.until(promptId, 'finished');
      expect(story(listener.heardOf(promptId))).toEqual([
        'executionStart',
        'executionCached',
        'executing 1',
        'executionError',
        'finished',
      ]);
    },
  );

  const fails = (mode: string, kind: string) => {
    guarantee(`a node that fails with ${mode} ends the prompt as ${kind}`, async (comfy) => {
      comfy.needs('LabFail');
      const graph = {
        1: emptyImage(),
        2: node('LabFail', { image: ['1', 0], mode }),
        3: saveImage('2'),
      };
      const { id } = await comfy.enqueue(graph);
      expect(await comfy.ended(id)).toMatchObject({
        outcome: 'error',
        failure: { kind, nodeId: '2', nodeType: 'LabFail' },
      });
      await comfy.run(picture());
    });
  };
  fails('runtime', 'node_error');
  fails('oom', 'out_of_memory');
}
