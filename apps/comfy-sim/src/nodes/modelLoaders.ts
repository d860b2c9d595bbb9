import type { NodeKind } from './nodeKind';
import type { LoadedModel, NodeValue } from './nodeValue';

function loaded(kind: LoadedModel['kind'], file: string): LoadedModel {
  return { kind, file, patches: [], references: [] };
}

export const checkpointLoader: NodeKind = {
  async run(inputs, context) {
    const file = inputs.string('ckpt_name');
    await context.models.use(file, context.wait);
    const kinds = ['model', 'clip', 'vae'] as const;
    return { outputs: kinds.map((kind) => loaded(kind, file)) };
  },
};

export const unetLoader: NodeKind = {
  async run(inputs, context) {
    const file = inputs.string('unet_name');
    await context.models.use(file, context.wait);
    return { outputs: [loaded('model', file)] };
  },
};

/** A loader whose file takes no time: it is small beside a checkpoint. */
function smallLoader(input: string, make: (file: string) => NodeValue): NodeKind {
  return {
    run: (inputs) => Promise.resolve({ outputs: [make(inputs.string(input))] }),
  };
}

export const clipLoader = smallLoader('clip_name', (file) => loaded('clip', file));
export const dualClipLoader = smallLoader('clip_name1', (file) => loaded('clip', file));
export const vaeLoader = smallLoader('vae_name', (file) => loaded('vae', file));
export const controlNetLoader = smallLoader('control_net_name', (file) => {
  return { kind: 'controlNet', file, type: 'auto' };
});
export const clipVisionLoader = smallLoader('clip_name', (file) => ({ kind: 'clipVision', file }));
export const styleModelLoader = smallLoader('style_model_name', (file) => {
  return { kind: 'styleModel', file };
});
export const upscaleModelLoader = smallLoader('model_name', (file) => {
  return { kind: 'upscaleModel', file };
});
export const photoMakerLoader = smallLoader('photomaker_model_name', (file) => {
  return { kind: 'photoMaker', file };
});
export const ipAdapterModelLoader = smallLoader('ipadapter_file', (file) => {
  return { kind: 'ipAdapter', file };
});
