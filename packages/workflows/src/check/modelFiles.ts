const MODEL_FILE = /\.(safetensors|sft|ckpt|pth?|bin|gguf|onnx|pkl)$/i;

/** What a person calls the files that an input lists. */
const KINDS: Readonly<Record<string, string>> = {
  ckpt_name: 'checkpoint',
  unet_name: 'diffusion model',
  vae_name: 'VAE',
  clip_name: 'text encoder',
  clip_name1: 'text encoder',
  clip_name2: 'text encoder',
  control_net_name: 'ControlNet model',
  lora_name: 'LoRA',
  ipadapter_file: 'IP-Adapter model',
};

/** What kind of model file `field` lists, or null when it lists something else. */
export function findModelKind(
  given: unknown,
  field: string,
  listed: readonly string[],
): string | null {
  if (Object.hasOwn(KINDS, field)) return KINDS[field] ?? null;
  const isModel = isModelFile(given) || listed.some(isModelFile);
  return isModel ? 'model file' : null;
}

function isModelFile(name: unknown): boolean {
  return typeof name === 'string' && MODEL_FILE.test(name);
}
