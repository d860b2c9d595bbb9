import objectInfo from './objectInfo018.json';
import { profile0364 as former } from './profile0364';
import type { VersionProfile } from './versionProfile';

/** ComfyUI 0.18.0, by what changed since 0.3.64. */
export const profile018: VersionProfile = {
  ...former,
  version: '0.18.0',
  features: {
    ...former.features,
    extension: { manager: { supports_v4: true } },
    node_replacements: true,
    assets: false,
  },
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
    'latent_upscale_models',
    'custom_nodes',
    'hypernetworks',
    'photomaker',
    'classifiers',
    'model_patches',
    'audio_encoders',
  ],
  systemName: 'sys.platform',
  installation: {
    required_frontend_version: '1.41.21',
    installed_templates_version: null,
    required_templates_version: '0.9.26',
  },
  objectInfo: { absentFields: ['has_intermediate_output'], classes: objectInfo },
  submission: { ...former.submission, stampsTime: true, secrets: 'go at once' },
  validation: { ...former.validation, missingNode: 'missing_node_type' },
  execution: {
    ...former.execution,
    throttlesProgress: true,
    takesPreviewMethod: true,
    cachedOutputs: 'told to a client',
  },
  routes: { ...former.routes, jobs: { canCancel: false, countsPreviewable: false } },
};
