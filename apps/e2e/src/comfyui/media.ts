import type { Graph, OutputKind } from '@avatarforge/comfy';
import { emptyImage, freshPrefix, node } from './graphs';
import type { Guarantee } from './guarantee';
import { decode } from './pictures';
import type { Visit } from './visit';

/** What nodes give beside pictures of SaveImage, where a server has such nodes. */
export function media(guarantee: Guarantee): void {
  guarantee('a text that a node shows is an output', async (comfy) => {
    comfy.needs('PreviewAny', 'PrimitiveString');
    const text = 'Grüße, 図 & "quotes"';
    const run = await comfy.run({
      1: node('PrimitiveString', { value: text }),
      2: node('PreviewAny', { source: ['1', 0] }),
    });
    expect(run.texts).toEqual([text]);
    expect(run.outputs).toEqual([]);
  });

  guarantee('a preview of a picture is a temporary file', async (comfy) => {
    comfy.needs('PreviewImage');
    const graph = { 1: emptyImage(), 2: node('PreviewImage', { images: ['1', 0] }) };
    const { outputs } = await comfy.run(graph);
    expect(outputs).toMatchObject([{ nodeId: '2', kind: 'image', type: 'temp' }]);
    expect(await decode((await comfy.fetch(outputs[0]!)).bytes)).toMatchObject({ width: 64 });
  });

  guarantee('two pictures in one batch are two files, in their order', async (comfy) => {
    comfy.needs('ImageBatch');
    const colors = [0xff0000, 0x00ff00];
    const { outputs } = await comfy.run({
      1: emptyImage({ color: colors[0]! }),
      2: emptyImage({ color: colors[1]! }),
      3: node('ImageBatch', { image1: ['1', 0], image2: ['2', 0] }),
      4: node('SaveImage', { images: ['3', 0], filename_prefix: freshPrefix() }),
    });
    const files = await Promise.all(outputs.map((output) => comfy.fetch(output)));
    const pictures = await Promise.all(files.map(({ bytes }) => decode(bytes)));
    expect(pictures.map(({ color }) => color)).toEqual(colors);
  });

  guarantee('a picture sent by socket alone is heard and leaves no file', async (comfy) => {
    comfy.needs('SaveImageWebsocket');
    const listener = await comfy.listen();
    const graph = {
      1: emptyImage({ width: 72 }),
      2: node('SaveImageWebsocket', { images: ['1', 0] }),
    };
    const { promptId, outputs } = await comfy.run(graph, listener);
    await listener.until(promptId, 'finished');
    const pictures = listener.heardOf(promptId).filter((event) => event.type === 'preview');
    expect(pictures).toMatchObject([{ nodeId: '2', mediaType: 'image/png' }]);
    expect(await decode(pictures[0]!.bytes)).toMatchObject({ format: 'png', width: 72 });
    expect(outputs).toEqual([]);
  });

  const gives = (kind: OutputKind, starts: RegExp, graph: () => Graph) => {
    const classes = Object.values(graph()).map(({ class_type }) => class_type);
    guarantee(`${classes.at(-1) ?? ''} gives a file of kind ${kind}`, async (comfy: Visit) => {
      comfy.needs(...classes);
      const { outputs } = await comfy.run(graph());
      expect(outputs).toMatchObject([{ kind, type: 'output' }]);
      const { bytes } = await comfy.fetch(outputs[0]!);
      expect(bytes.subarray(0, 16).toString('latin1')).toMatch(starts);
    });
  };
  const prefix = () => ({ filename_prefix: freshPrefix() });
  const animation = { images: ['1', 0], fps: 6 };
  gives('image', /^RIFF....WEBP/s, () => ({
    1: node('EmptyImage', { width: 64, height: 48, batch_size: 3, color: 255 }),
    2: node('SaveAnimatedWEBP', {
      ...{ ...animation, ...prefix(), lossless: true, quality: 80, method: 'default' },
    }),
  }));
  gives('image', /^\x89PNG/, () => ({
    1: node('EmptyImage', { width: 64, height: 48, batch_size: 3, color: 255 }),
    2: node('SaveAnimatedPNG', { ...animation, ...prefix(), compress_level: 4 }),
  }));
  gives('audio', /^fLaC/, () => ({
    1: node('EmptyAudio', { duration: 0.2, sample_rate: 44_100, channels: 2 }),
    2: node('SaveAudio', { audio: ['1', 0], ...prefix() }),
  }));
  gives('video', /^....ftyp/s, () => ({
    1: node('EmptyImage', { width: 64, height: 48, batch_size: 6, color: 255 }),
    2: node('CreateVideo', { images: ['1', 0], fps: 6 }),
    3: node('SaveVideo', { video: ['2', 0], ...prefix(), format: 'auto', codec: 'auto' }),
  }));
  gives('text', /^a text$/, () => ({
    1: node('PrimitiveString', { value: 'a text' }),
    2: node('SaveText', { text: ['1', 0], ...prefix(), format: 'txt' }),
  }));
  gives('model3d', /^glTF/, () => ({
    1: node('LabMesh', { size: 1 }),
    2: node('SaveGLB', { mesh: ['1', 0], ...prefix() }),
  }));
}
