import { fromExecutionError } from './failures';
import { safeText } from './safeText';

const error = (exception_type: string, exception_message: string) =>
  fromExecutionError({ node_id: '3', node_type: 'KSampler', exception_type, exception_message });

test.each([
  ['torch.OutOfMemoryError', 'Allocation on device'],
  ['torch.cuda.OutOfMemoryError', 'CUDA out of memory. Tried to allocate 2.00 GiB'],
  ['MemoryError', ''],
  ['RuntimeError', 'DefaultCPUAllocator: not enough memory: you tried to allocate 1 bytes'],
  ['RuntimeError', 'MPS backend out of memory'],
  ['RuntimeError', "[enforce fail] DefaultCPUAllocator: can't allocate memory"],
  ['RuntimeError', 'CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate`'],
  ['numpy._core._exceptions._ArrayMemoryError', 'Unable to allocate 9 GiB'],
])('pitfall 21: %s (%s) is out of memory', (type, message) => {
  expect(error(type, message).kind).toBe('out_of_memory');
});

test.each([
  'CUDA error: an illegal memory access was encountered',
  'CUDA error: unspecified launch failure',
  'HIP error: device-side assert triggered',
])('%s is of the device, not of the graph', (message) => {
  expect(error('torch.AcceleratorError', message).kind).toBe('device_error');
});

test.each([
  ['OSError', '[Errno 28] No space left on device'],
  ['OSError', "[Errno 122] Disk quota exceeded: '/srv/comfy/output/a.png'"],
  ['RuntimeError', 'PytorchStreamWriter failed writing file: No space left on device'],
])('%s (%s) is of the disk, not of the graph', (type, message) => {
  expect(error(type, message).kind).toBe('disk_full');
});

test('a model file that vanished before it was loaded is a missing model', () => {
  const message = "[Errno 2] No such file or directory: '/srv/comfy/models/loras/x.safetensors'";
  expect(error('FileNotFoundError', message)).toMatchObject({
    kind: 'missing_model',
    message: '[Errno 2] No such file or directory: x.safetensors',
  });
  const absent = "Model in folder 'vae' with filename 'x.pt' not found.";
  expect(error('FileNotFoundError', absent).kind).toBe('missing_model');
});

test('any other exception is a node error, even a silent one', () => {
  expect(error('ValueError', '  ')).toMatchObject({
    kind: 'node_error',
    nodeId: '3',
    nodeType: 'KSampler',
  });
  expect(error('ValueError', ' ').message).not.toBe('');
});

test.each([
  ['cannot open /home/alice/ComfyUI/input/a.png now', 'cannot open a.png now'],
  ['cannot list "/home/alice/my pictures"', 'cannot list [path]'],
  [
    String.raw`no C:\Program Files\ComfyUI\models\x.safetensors here`,
    'no [path] x.safetensors here',
  ],
  ['see https://internal.example/secret?x=1', 'see [url]'],
  ['bad\nTraceback (most recent call last):\n  File "/a.py", line 1', 'bad'],
  ['shape tensor([[1, 2],\n [3]]) is wrong', 'shape tensor…'],
  ['a/b and 1/2 and n/a stay', 'a/b and 1/2 and n/a stay'],
  ['x'.repeat(500), `${'x'.repeat(299)}…`],
  ['line\n\tand \u0007 bell', 'line and bell'],
])('pitfall 22: %j reads %j', (message, safe) => {
  expect(safeText(message)).toBe(safe);
});
