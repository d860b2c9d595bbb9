import objectInfo from './objectInfo0343.json';
import type { VersionProfile } from './versionProfile';

/** ComfyUI 0.3.43. */
export const profile0343: VersionProfile = {
  version: '0.3.43',
  maxBodyBytes: 104_857_600,
  features: undefined,
  modelFolders: [
    'checkpoints',
    'configs',
    'loras',
    'vae',
    'text_encoders',
    'diffusion_models',
    'clip_vision',
    'style_models',
    'embeddings',
    'diffusers',
    'vae_approx',
    'controlnet',
    'gligen',
    'upscale_models',
    'custom_nodes',
    'hypernetworks',
    'photomaker',
    'classifiers',
  ],
  systemName: 'os.name',
  installation: {},
  objectInfo: {
    absentFields: [
      'is_input_list',
      'has_intermediate_output',
      'search_aliases',
      'essentials_category',
    ],
    classes: objectInfo,
  },
  submission: {
    promptId: 'ignored',
    hasPartialTargets: false,
    stampsTime: false,
    namesUsageSource: false,
    secrets: 'stay',
  },
  validation: { missingNode: 'invalid_prompt', namesCycles: false, quotesListValue: false },
  execution: {
    hasProgressState: false,
    throttlesProgress: false,
    namesNodeWithoutClient: false,
    takesPreviewMethod: false,
    cachedOutputs: 'of the graph',
  },
  routes: {
    jobs: undefined,
    interruptsOnePrompt: false,
    hasHistoryOffset: false,
    refusesCrossSite: false,
    guardsDownloads: false,
  },
};
