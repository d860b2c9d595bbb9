import type { JsonObject } from './json';

/** What differs between ComfyUI versions and a client can see. */
export interface VersionProfile {
  readonly version: string;
  /** Body of `GET /features` and of the socket's `feature_flags` answer. */
  readonly features: JsonObject;
  readonly maxBodyBytes: number;
  readonly modelFolders: readonly string[];
}

const maxBodyBytes = 104_857_600;

export const profile033: VersionProfile = {
  version: '0.33.0',
  maxBodyBytes,
  features: {
    supports_preview_metadata: true,
    supports_model_type_tags: true,
    max_upload_size: maxBodyBytes,
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
    'datasets',
    'hypernetworks',
    'photomaker',
    'classifiers',
    'model_patches',
    'audio_encoders',
    'background_removal',
    'frame_interpolation',
    'geometry_estimation',
    'optical_flow',
    'detection',
  ],
};
