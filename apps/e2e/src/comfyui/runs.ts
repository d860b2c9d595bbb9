import { randomUUID } from 'node:crypto';
import { freshColor, freshPrefix, picture } from './graphs';
import type { Guarantee } from './guarantee';
import { story } from './listener';
import { decode, inverted, isNear } from './pictures';

/** A graph that runs: from its acceptance to the file, and out of the history. */
export function runs(guarantee: Guarantee): void {
  guarantee('a prompt is found by the id that we submit it under', async (comfy) => {
    const run = await comfy.run(picture());
    comfy.rely('keeps the id of a prompt', comfy.can.keepsPromptId, run.promptId === run.id);
    expect(await comfy.client.look(run.id)).toMatchObject({ promptId: run.promptId });
  });

  guarantee('its socket tells a run from start to end, in order', async (comfy) => {
    const listener = await comfy.listen();
    const { promptId } = await comfy.run(picture(), listener);
    await listener.until(promptId, 'finished');
    expect(story(listener.heardOf(promptId))).toEqual([
      'executionStart',
      'executionCached',
      'executing 1',
      'executing 2',
      'executing 3',
      'executed 3',
      'executionSuccess',
      'finished',
    ]);
  });

  guarantee('when the end is heard, the verdict is there', async (comfy) => {
    const listener = await comfy.listen();
    for (let time = 0; time < 5; time += 1) {
      const { id, promptId } = await comfy.enqueue(picture(), listener);
      await listener.until(promptId, 'finished');
      expect(await comfy.client.look(id)).toMatchObject({ state: 'finished' });
    }
  });

  guarantee('the file is the picture that the graph describes, where it says', async (comfy) => {
    const color = freshColor();
    const prefix = freshPrefix();
    const { outputs } = await comfy.run(picture({ width: 80, height: 56, color, prefix }));
    const [folder, name = ''] = prefix.split('/');
    expect(outputs).toEqual([
      {
        nodeId: '3',
        kind: 'image',
        filename: expect.stringMatching(`^${name}_\\d+_\\.png$`) as string,
        subfolder: folder,
        type: 'output',
      },
    ]);
    const file = await comfy.fetch(outputs[0]!);
    expect(file.contentType).toBe('image/png');
    const decoded = await decode(file.bytes);
    expect(decoded).toMatchObject({ format: 'png', width: 80, height: 56 });
    expect(isNear(decoded.color, inverted(color))).toBe(true);
  });

  guarantee('a file that is not there is null', async (comfy) => {
    const gone = { filename: `${randomUUID()}.png`, subfolder: '', type: 'output' } as const;
    expect(await comfy.client.fetchOutput(gone, { maxBytes: 1_000 })).toBeNull();
  });

  guarantee('a deleted history entry is forgotten, its file is not', async (comfy) => {
    const { id, promptId, outputs } = await comfy.run(picture());
    await comfy.client.deleteHistory(promptId);
    expect(await comfy.client.look(id)).toEqual({ state: 'absent' });
    expect((await comfy.fetch(outputs[0]!)).bytes.length).toBeGreaterThan(0);
  });
}
