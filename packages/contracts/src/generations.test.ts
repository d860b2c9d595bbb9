import { CreateGeneration, Wish } from './generations';

const errorsOf = (body: unknown) =>
  Wish.safeParse(body).error?.issues.map((issue) => issue.path.join('.')) ?? [];

test('a prompt alone is enough, and defaults fill the rest', () => {
  expect(CreateGeneration.parse({ prompt: ' a warrior ' })).toMatchObject({
    prompt: 'a warrior',
    width: 512,
    height: 512,
    steps: 20,
    cfg: 7,
    count: 1,
    realism: false,
    allow_fallback: false,
  });
});

test.each([
  ['two characters', { prompt: 'ab' }, 'prompt'],
  ['two characters among spaces', { prompt: '  ab  ' }, 'prompt'],
  ['a NUL', { prompt: 'war\0rior' }, 'prompt'],
  ['half a character', { prompt: 'warrior \ud800' }, 'prompt'],
  ['4,001 characters', { prompt: 'a'.repeat(4001) }, 'prompt'],
  ['a NUL in the clothing', { prompt: 'abc', clothing: '\0' }, 'clothing'],
  ['a NUL in the sampler', { prompt: 'abc', sampler: 'a\0' }, 'sampler'],
  ['a width of 100', { prompt: 'abc', width: 100 }, 'width'],
  ['a seed that JSON cannot carry', { prompt: 'abc', seed: 2 ** 53 }, 'seed'],
  ['an unknown view', { prompt: 'abc', views: ['top'] }, 'views.0'],
  ['no views', { prompt: 'abc', views: [] }, 'views'],
  ['nine of each', { prompt: 'abc', count: 9 }, 'count'],
  ['a file id that is none', { prompt: 'abc', pose_file_id: 'x' }, 'pose_file_id'],
])('%s is refused by name', (_what, body, field) => {
  expect(errorsOf(body)).toContain(field);
});

test('an unknown field is refused', () => {
  expect(CreateGeneration.safeParse({ prompt: 'abc', promt: 'x' }).success).toBe(false);
});

test.each([
  { workflow: 'text-to-image-sdxl' },
  { workflow: 'text-to-image-sdxl', inputs: { prompt: 'a knight', steps: 4 }, count: 2 },
  { graph: { '1': { class_type: 'SaveImage', inputs: {} } } },
])('a workflow or a graph may stand in the place of words: %j', (body) => {
  expect(CreateGeneration.parse(body)).toMatchObject(body);
});

test.each([
  { prompt: 'abc', graph: {} },
  { prompt: 'abc', workflow: 'x' },
  { graph: { '1': { class_type: 'a\0' } } },
  { graph: [] },
  { workflow: 'x', inputs: { deep: JSON.parse('['.repeat(40) + ']'.repeat(40)) as unknown } },
])('%j is none of the three', (body) => {
  expect(CreateGeneration.safeParse(body).success).toBe(false);
});

test.each(['https://example.com/\u0000x', 'https://example.com/\ud800', 'ftp://example.com/', 'x'])(
  'a webhook is not sent to %j',
  (webhook_url) => {
    expect(CreateGeneration.safeParse({ prompt: 'a warrior', webhook_url }).success).toBe(false);
  },
);
