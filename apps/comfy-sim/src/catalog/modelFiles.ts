/** Names of model files by the folder they lie in. */
export type ModelFiles = Readonly<Record<string, readonly string[]>>;

/** What a simulator has when nobody says otherwise; the folder `checkpoints` is an option apart. */
const ordinary: ModelFiles = {
  diffusion_models: ['flux1-dev.safetensors'],
  text_encoders: ['clip_l.safetensors', 't5xxl_fp8_e4m3fn.safetensors'],
  vae: ['ae.safetensors'],
  controlnet: ['control_v11p_sd15_openpose.pth', 'controlnet-union-sdxl-promax.safetensors'],
  clip_vision: ['CLIP-ViT-H-14-laion2B-s32B-b79K.safetensors'],
  loras: ['add_detail.safetensors'],
  upscale_models: ['RealESRGAN_x4plus.pth'],
};

const ofIpAdapter: ModelFiles = { ipadapter: ['ip-adapter-plus_sd15.safetensors'] };

/** The options that decide which models there are. */
interface ModelOptions {
  readonly checkpoints: readonly string[];
  readonly models: ModelFiles;
  readonly nodePacks: readonly string[];
}

/** Every folder's files, sorted; a folder named in `options.models` has those alone. */
export function modelFiles(options: ModelOptions): ModelFiles {
  const files = {
    ...ordinary,
    ...(options.nodePacks.includes('ip-adapter') ? ofIpAdapter : {}),
    checkpoints: options.checkpoints,
    ...options.models,
  };
  return Object.fromEntries(
    Object.entries(files).map(([folder, names]) => [folder, [...names].sort()]),
  );
}

/** Which folder an input's list shows: node class, input, folder. */
export const modelInputs: readonly (readonly [string, string, string])[] = [
  ['CheckpointLoaderSimple', 'ckpt_name', 'checkpoints'],
  ['UNETLoader', 'unet_name', 'diffusion_models'],
  ['CLIPLoader', 'clip_name', 'text_encoders'],
  ['DualCLIPLoader', 'clip_name1', 'text_encoders'],
  ['DualCLIPLoader', 'clip_name2', 'text_encoders'],
  ['VAELoader', 'vae_name', 'vae'],
  ['LoraLoader', 'lora_name', 'loras'],
  ['LoraLoaderModelOnly', 'lora_name', 'loras'],
  ['ControlNetLoader', 'control_net_name', 'controlnet'],
  ['CLIPVisionLoader', 'clip_name', 'clip_vision'],
  ['StyleModelLoader', 'style_model_name', 'style_models'],
  ['PhotoMakerLoader', 'photomaker_model_name', 'photomaker'],
  ['UpscaleModelLoader', 'model_name', 'upscale_models'],
  ['IPAdapterModelLoader', 'ipadapter_file', 'ipadapter'],
];
