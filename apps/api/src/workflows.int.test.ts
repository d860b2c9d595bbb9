import { Problem } from '@avatarforge/contracts';
import { givenInstance } from './fixtures/givenInstance';
import { pictureBytes } from './fixtures/pictures';
import { readAnswer, startTestApi, type TestApi } from './fixtures/startTestApi';

const PREFIX = '/avatarforge-controller';

let api: TestApi;
/** Has everything. */
let whole: string;
/** Has no ControlNet preprocessors, no IP-Adapter, and one checkpoint. */
let bare: string;
let pose: string;

beforeAll(async () => {
  api = await startTestApi({ auth: false });
  const upload = await api.upload(`${PREFIX}/upload/pose_image`, await pictureBytes({}));
  pose = (await readAnswer('uploadPoseImage', upload)).file_id;
}, 60_000);

async function problemOf(response: Response): Promise<Problem> {
  const problem = Problem.parse(await response.json());
  expect(problem.status).toBe(response.status);
  return problem;
}

const create = (body: unknown) => api.postJson('/v1/generations', body);
const validate = async (body: unknown) =>
  readAnswer('validateWorkflow', await api.postJson('/v1/workflows/validate', body));

const invert = (image: unknown) => ({
  '1': { class_type: 'LoadImage', inputs: { image } },
  '2': { class_type: 'ImageInvert', inputs: { image: ['1', 0] } },
  '3': { class_type: 'SaveImage', inputs: { images: ['2', 0], filename_prefix: 'x' } },
});
const asset = (id: string) => ({ __type: 'core/ASSET', info: { id } });

describe('while nothing is known of the pool', () => {
  test('there are workflows, no models, and what is asked for is accepted', async () => {
    const { data } = await readAnswer('listWorkflows', await api.fetch('/v1/workflows'));
    expect(data.length).toBeGreaterThanOrEqual(8);
    expect(data.every(({ runnable_on }) => runnable_on.length === 0)).toBe(true);
    const models = await readAnswer('listModels', await api.fetch('/v1/models'));
    expect(models).toEqual({ data: [], seen_at: null });
    expect(await validate({ prompt: 'a warrior' })).toMatchObject({
      valid: true,
      checked_against: 0,
    });
    await readAnswer('createGeneration', await create({ prompt: 'a warrior' }));
  });

  test.each([
    ['an export of the editor', { nodes: [], links: [] }, 'ui_format'],
    ['a node without a class', { '1': { inputs: {} } }, 'malformed_node'],
    [
      'a link to nowhere',
      { '1': { class_type: 'SaveImage', inputs: { x: ['77', 0] } } },
      'broken_link',
    ],
    ['a circle', { '1': { class_type: 'SaveImage', inputs: { x: ['1', 0] } } }, 'cycle'],
    ['a list for inputs', { '1': { class_type: 'SaveImage', inputs: [] } }, 'malformed_node'],
  ])('%s is refused all the same', async (_what, graph, code) => {
    const problem = await problemOf(await create({ graph }));
    expect(problem).toMatchObject({ code: 'graph_rejected', errors: [{ code }] });
  });
});

describe('with two instances, one of them bare', () => {
  beforeAll(async () => {
    whole = await givenInstance(api.database);
    bare = await givenInstance(api.database, {
      nodePacks: ['core', 'lab'],
      checkpoints: ['anything-v5-PrtRE.safetensors'],
    });
  });

  test('models are listed with the instances that have them', async () => {
    const { data, seen_at } = await readAnswer('listModels', await api.fetch('/v1/models'));
    const of = (name: string) => data.find((model) => model.name === name);
    expect(of('anything-v5-PrtRE.safetensors')).toMatchObject({ folder: 'checkpoints' });
    expect(of('anything-v5-PrtRE.safetensors')?.instances.sort()).toEqual([whole, bare].sort());
    expect(of('sd_xl_base_1.0.safetensors')?.instances).toEqual([whole]);
    expect(seen_at).not.toBeNull();
  });

  test('workflows say where they run', async () => {
    const { data } = await readAnswer('listWorkflows', await api.fetch('/v1/workflows'));
    const of = (id: string) => data.find((workflow) => workflow.id === id);
    expect(of('text-to-image-sd15')?.runnable_on.sort()).toEqual([whole, bare].sort());
    expect(of('pose-sd15')?.runnable_on).toEqual([whole]);
    expect(of('pose-sd15')?.inputs['pose']).toMatchObject({ type: 'image' });
    expect(of('text-to-image-sdxl')?.inputs['steps']).toMatchObject({ type: 'integer', min: 1 });
  });

  test('what a shot needs is kept with it, for claims to look at', async () => {
    const body = { prompt: 'a warrior', pose_file_id: pose };
    const generation = await readAnswer('createGeneration', await create(body));
    expect(generation).toMatchObject({ workflow: 'pose-sd15', notes: [] });
    const [shot] = await api.database.query<{ avoid_instances: string[]; requirement: string }>(
      'SELECT avoid_instances, requirement FROM shots WHERE generation_id = $1',
      [generation.id],
    );
    expect(shot?.avoid_instances).toEqual([]);
    expect(shot?.requirement).not.toBe('');
  });

  test('a workflow is asked for by name, with a picture by its id and a seed of its own', async () => {
    const inputs = { prompt: 'a knight', image: pose, checkpoint: 'anything-v5-PrtRE.safetensors' };
    const body = { workflow: 'image-to-image-sd15', inputs, count: 2 };
    const generation = await readAnswer('createGeneration', await create(body));
    expect(generation).toMatchObject({
      workflow: 'image-to-image-sd15',
      prompt: 'a knight',
      shots: { total: 2 },
      inputs: { image: pose, seed: expect.any(Number) as number, count: 2 },
    });
  });

  test.each([
    ['an unknown workflow', { workflow: 'text-to-image-sd1' }, '/workflow', 'text-to-image-sd15'],
    [
      'a value out of range',
      { workflow: 'text-to-image-sdxl', inputs: { prompt: 'x', steps: 0 } },
      '/inputs/steps',
      '',
    ],
    [
      'an unknown input',
      { workflow: 'text-to-image-sdxl', inputs: { prompt: 'x', stepps: 4 } },
      '',
      '',
    ],
    [
      'half a seed',
      { workflow: 'text-to-image-sdxl', inputs: { prompt: 'x', seed: 0.5 } },
      '/inputs/seed',
      '',
    ],
    [
      'a picture of nobody',
      { workflow: 'image-to-image-sd15', inputs: { image: 7 } },
      '/inputs/image',
      '',
    ],
    ['a NUL', { workflow: 'text-to-image-sdxl', inputs: { prompt: 'x\0' } }, '/inputs', ''],
  ])('%s is refused by name', async (_what, body, pointer, hint) => {
    const problem = await problemOf(await create(body));
    expect(problem.status).toBe(422);
    expect(problem.errors?.map((error) => error.pointer).join()).toContain(pointer);
    expect(problem.detail).toContain(hint);
  });

  test('a graph of the caller’s own is accepted, with a file of theirs in it', async () => {
    const generation = await readAnswer(
      'createGeneration',
      await create({ graph: invert(asset(pose)) }),
    );
    expect(generation).toMatchObject({ workflow: 'graph', prompt: '', shots: { total: 1 } });
    const [row] = await api.database.query<{ uploads: unknown; graph: unknown }>(
      'SELECT uploads, graph FROM shot_graphs g JOIN shots s ON s.id = g.shot_id WHERE generation_id = $1',
      [generation.id],
    );
    expect(row?.uploads).toMatchObject([{ node: '1', field: 'image' }]);
  });

  test.each([
    ['somebody else’s file', asset('01980000-0000-7000-8000-000000000000'), 'unknown_file'],
    ['a reference to nothing', { __type: 'core/ASSET', info: { id: null } }, 'unknown_file'],
    ['a path', '../../secret.png', 'graph_rejected'],
    ['an output of others', 'af/x/9_00001_.png [output]', 'graph_rejected'],
    ['an input of others', 'af/0123.png', 'graph_rejected'],
  ])('%s is not read', async (_what, image, code) => {
    const problem = await problemOf(await create({ graph: invert(image) }));
    expect(problem.code).toBe(code);
    expect(problem.errors?.[0]?.pointer).toBe('/graph/1/inputs/image');
  });

  test('a graph names files in a few places, not in thousands', async () => {
    const graph = invert(asset(pose));
    for (let n = 0; n < 100; n += 1) Object.assign(graph['3'].inputs, { [`x${n}`]: asset(pose) });
    const problem = await problemOf(await create({ graph }));
    expect(problem.detail).toContain('64 places');
  });

  test('a file in the place of a prefix is no name to write under', async () => {
    const graph = invert(asset(pose));
    Object.assign(graph['3'].inputs, { filename_prefix: asset(pose) });
    const { id } = await readAnswer('createGeneration', await create({ graph }));
    const [row] = await api.database.query<{ uploads: unknown[] }>(
      'SELECT uploads FROM shot_graphs g JOIN shots s ON s.id = g.shot_id WHERE generation_id = $1',
      [id],
    );
    expect(row?.uploads).toHaveLength(1);
  });

  test('every fault is named, with what is most like it and who has it', async () => {
    const graph = {
      '4': {
        class_type: 'CheckpointLoaderSimple',
        inputs: { ckpt_name: 'sd_xl_base.safetensors' },
      },
      '5': { class_type: 'EmptyLatentImages', inputs: {} },
      '9': { class_type: 'SaveImage', inputs: { images: ['4', 0], filename_prefix: 'x' } },
    };
    const problem = await problemOf(await create({ graph }));
    expect(problem.code).toBe('graph_rejected');
    expect(problem.detail).toContain('EmptyLatentImages');
    expect(problem.errors).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          pointer: '/graph/4/inputs/ckpt_name',
          code: 'missing_model',
          given: 'sd_xl_base.safetensors',
          nearest: expect.arrayContaining(['sd_xl_base_1.0.safetensors']) as string[],
        }),
        expect.objectContaining({ pointer: '/graph/5', code: 'unknown_node', node_id: '5' }),
        expect.objectContaining({ pointer: '/graph/9/inputs/images', code: 'wrong_link_type' }),
      ]),
    );
    const { valid, faults } = await validate({ graph });
    expect(valid).toBe(false);
    expect(faults).toEqual(problem.errors);
  });
});

describe('when only the bare instance is left', () => {
  beforeAll(async () => {
    await api.database.query('UPDATE instances SET removed_at = now() WHERE id = $1', [whole]);
  });

  test('a pose falls back where less is allowed, and is refused where it is not', async () => {
    const body = { prompt: 'a warrior', pose_file_id: pose };
    const problem = await problemOf(await create(body));
    expect(problem.code).toBe('fallback_required');
    expect(problem.detail).toContain('start of the picture');
    const generation = await readAnswer(
      'createGeneration',
      await create({ ...body, allow_fallback: true }),
    );
    expect(generation.workflow).toBe('image-to-image-sd15');
    expect(generation.notes).toHaveLength(1);
    expect(await validate(body)).toMatchObject({ valid: true, notes: generation.notes });
    const avatar = await readAnswer(
      'generateAvatar',
      await api.postJson(`${PREFIX}/generate/avatar`, body),
    );
    expect(avatar.message).toContain('start of the picture');
  });

  test('a checkpoint that nobody has is named on both contracts', async () => {
    for (const path of ['/v1/generations', `${PREFIX}/generate/avatar`]) {
      const response = await api.postJson(path, { prompt: 'a warrior', realism: true });
      const problem = await problemOf(response);
      expect(problem.code).toBe('graph_rejected');
      expect(problem.detail).toContain('realisticVision');
    }
  });
});
