import { AvatarGeneration, Generation, GenerationStatus } from '@avatarforge/contracts';
import type { GenerationRecord } from '@avatarforge/db';
import { toAvatarGeneration } from './avatarGeneration';
import { toGeneration } from './generation';

const ID = '01980000-0000-7000-8000-000000000000';
const queued: GenerationRecord = {
  id: ID,
  ownerId: ID,
  status: 'queued',
  prompt: 'a warrior',
  negativePrompt: 'blurry',
  inputs: { seed: 7 },
  workflow: 'text-to-image-sd15',
  notes: [],
  priority: 0,
  shotsTotal: 2,
  shotsDone: 0,
  outputs: [],
  error: null,
  promptId: null,
  createdAt: new Date(0),
  startedAt: null,
  finishedAt: null,
  isCancelRequested: false,
  retryOf: null,
};
const completed: GenerationRecord = {
  ...queued,
  status: 'completed',
  shotsDone: 2,
  promptId: ID,
  outputs: [
    {
      fileId: ID,
      filename: 'front.png',
      view: 'front',
      seed: Number.MAX_SAFE_INTEGER,
      mimeType: 'image/png',
      size: 1234,
      width: 512,
      height: 768,
    },
  ],
  startedAt: new Date(1000),
  finishedAt: new Date(2000),
};
const failed: GenerationRecord = {
  ...queued,
  status: 'failed',
  error: { code: 'out_of_memory', message: 'ComfyUI ran out of memory.' },
};

test.each([queued, completed, failed])('$status fits both contracts', (record) => {
  expect(Generation.parse(toGeneration(record))).toMatchObject({ id: ID });
  expect(AvatarGeneration.parse(toAvatarGeneration(record))).toMatchObject({ generation_id: ID });
});

test('every status has a message of its own', () => {
  const messages = GenerationStatus.options.map(
    (status) => toAvatarGeneration({ ...queued, status }).message,
  );
  expect(new Set(messages).size).toBe(GenerationStatus.options.length);
});

test('the message tells what was done differently', () => {
  const { message } = toAvatarGeneration({ ...queued, notes: ['No ControlNet.'] });
  expect(message).toBe('Avatar generation queued. No ControlNet.');
});

test('the original contract shows outputs, times and the prompt id of ComfyUI', () => {
  expect(toAvatarGeneration(completed)).toMatchObject({
    output_files: [
      {
        filename: 'front.png',
        url: `/avatarforge-controller/files/${ID}`,
        pose_type: 'front',
        size: 1234,
        dimensions: { width: 512, height: 768 },
      },
    ],
    created_at: '1970-01-01T00:00:00.000Z',
    started_at: '1970-01-01T00:00:01.000Z',
    completed_at: '1970-01-01T00:00:02.000Z',
    comfyui_prompt_id: ID,
    error: null,
  });
});

test('a failure says why on both', () => {
  expect(toAvatarGeneration(failed).error).toBe('ComfyUI ran out of memory.');
  expect(toGeneration(failed).error?.code).toBe('out_of_memory');
});
