import { readConfig } from './config';

test('without variables the defaults hold', () => {
  expect(readConfig({})).toMatchObject({
    host: '127.0.0.1',
    port: 8188,
    stepMs: 60,
    modelMemory: 2,
  });
});

test('an empty variable counts as unset', () => {
  expect(readConfig({ COMFY_SIM_PORT: '', COMFY_SIM_CHECKPOINTS: '' })).toEqual(readConfig({}));
});

test('checkpoints are read as a list', () => {
  const { checkpoints } = readConfig({ COMFY_SIM_CHECKPOINTS: 'a.safetensors, b.safetensors' });
  expect(checkpoints).toEqual(['a.safetensors', 'b.safetensors']);
});

test('every problem is named at once', () => {
  const read = () => readConfig({ COMFY_SIM_PORT: 'high', COMFY_SIM_STEP_MS: '-1' });
  expect(read).toThrow(/COMFY_SIM_PORT.*COMFY_SIM_STEP_MS/);
});

test('models are read folder by folder; no name takes the folder’s files away', () => {
  const { models } = readConfig({ COMFY_SIM_MODELS: 'loras=a.pt, b.pt; vae=' });
  expect(models).toEqual({ loras: ['a.pt', 'b.pt'], vae: [] });
});

test('load times of single files and the node packs are read', () => {
  const config = readConfig({
    COMFY_SIM_LOAD_MS_BY_MODEL: 'a.safetensors=5, b.safetensors=70',
    COMFY_SIM_NODE_PACKS: 'core,lab',
  });
  expect(config.loadMsByModel).toEqual({ 'a.safetensors': 5, 'b.safetensors': 70 });
  expect(config.nodePacks).toEqual(['core', 'lab']);
});

test.each([
  ['COMFY_SIM_MODELS', 'loras'],
  ['COMFY_SIM_LOAD_MS_BY_MODEL', 'a.safetensors'],
  ['COMFY_SIM_NODE_PACKS', 'core,unheard-of'],
])('%s=%s is refused by name', (name, value) => {
  expect(() => readConfig({ [name]: value })).toThrow(name);
});

test('faults are read as a JSON list, and a wrong one is named', () => {
  const kind = 'node_slow';
  const faults = [{ kind, ms: 5 }];
  expect(readConfig({ COMFY_SIM_FAULTS: JSON.stringify(faults) }).faults).toEqual(faults);
  expect(() => readConfig({ COMFY_SIM_FAULTS: JSON.stringify([{ kind }]) })).toThrow(
    /COMFY_SIM_FAULTS: ms: /,
  );
  expect(() => readConfig({ COMFY_SIM_FAULTS: 'slow' })).toThrow(/COMFY_SIM_FAULTS: /);
});

test('the version is one of those there are', () => {
  expect(readConfig({ COMFY_SIM_VERSION: '0.3.43' })).toMatchObject({ version: '0.3.43' });
  expect(readConfig({})).toMatchObject({ version: '0.33.0', previewMethod: 'none' });
  expect(() => readConfig({ COMFY_SIM_VERSION: '0.1' })).toThrow(/COMFY_SIM_VERSION/);
});
