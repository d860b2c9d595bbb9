import type { ComfyEvent } from '@avatarforge/comfy';
import { bindWorkflow, loadWorkflows, withOutputPrefix } from '@avatarforge/workflows';
import { freshColor, freshPrefix } from './graphs';
import type { Guarantee } from './guarantee';
import { decode } from './pictures';
import { argumentOf } from './report';
import { isAtLeast } from './versions';
import { NotTried, type Visit } from './visit';

/** What needs a checkpoint: the first that the server has, at 128×128 in two steps. */
export function models(guarantee: Guarantee): void {
  guarantee(
    'the library’s text-to-image graph makes a picture, told step by step',
    async (comfy) => {
      const listener = await comfy.listen();
      const sender = { clientId: listener.clientId, previewMethod: 'latent2rgb' } as const;
      const { promptId, outputs } = await comfy.run(textToImage(comfy), sender);
      const picture = await decode((await comfy.fetch(outputs[0]!)).bytes);
      expect(picture).toMatchObject({ format: 'png', width: 128, height: 128 });
      await listener.until(promptId, 'finished');
      const heard = listener.heardOf(promptId);
      expect(heard).toContainEqual({ type: 'progress', promptId, nodeId: '3', value: 2, max: 2 });
      await checkPreviews(comfy, promptId, listener.events);
    },
  );
}

function textToImage({ checkpoints: [checkpoint] }: Visit) {
  if (checkpoint === undefined) throw new NotTried('there is no checkpoint');
  const workflow = loadWorkflows().get('text-to-image-sd15')!;
  const size = { width: 128, height: 128, steps: 2 };
  const wish = { checkpoint, prompt: 'a cat', seed: freshColor(), ...size };
  return withOutputPrefix(bindWorkflow(workflow, wish).graph, freshPrefix());
}

/** Previews come where the version lets a prompt ask for them, and name their prompt and node. */
async function checkPreviews(comfy: Visit, promptId: string, events: readonly ComfyEvent[]) {
  const previews = events.filter((event) => event.type === 'preview');
  const comeAnyway = (argumentOf(comfy.stats.argv, '--preview-method') ?? 'none') !== 'none';
  const isExpected = comeAnyway || isAtLeast(comfy.version, '0.5.0');
  comfy.rely('previews for a prompt that asks', isExpected, previews.length > 0);
  for (const preview of previews) {
    expect(preview).toMatchObject({ promptId, nodeId: '3' });
    expect((await decode(preview.bytes)).format).toBe(preview.mediaType.replace('image/', ''));
  }
}
