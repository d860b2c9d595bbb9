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
