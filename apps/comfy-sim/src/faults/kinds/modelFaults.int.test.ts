import { checkpoints, graphOf, type Body } from '../../fixtures/simClient';
import { givenSim, stopSims } from '../fixtures/givenSim';

afterEach(stopSims);

const model = checkpoints[1] ?? '';
const graph = graphOf({ checkpoint: model });

test('model_missing: in no list, and a prompt that names it is refused', async () => {
  const { sim, client } = await givenSim();
  const listed = async () =>
    JSON.stringify(await client.get('/object_info/CheckpointLoaderSimple'));
  expect(await listed()).toContain(model);
  const fault = sim.faults.add({ kind: 'model_missing', model });
  expect(await listed()).not.toContain(model);
  expect(await client.get('/models/checkpoints')).not.toContain(model);
  expect(await client.post('/prompt', { prompt: graph })).toMatchObject({
    status: 400,
    error: { type: 'prompt_outputs_failed_validation' },
    node_errors: { 4: { errors: [{ type: 'value_not_in_list' }] } },
  });
  sim.faults.remove(fault);
  expect(await client.run(graph)).toHaveLength(1);
});

test('model_gone: accepted, and its loader fails', async () => {
  const { sim, client } = await givenSim();
  sim.faults.add({ kind: 'model_gone', model });
  expect(await client.run(graphOf())).toHaveLength(1);
  const { status } = (await client.finished(await client.submit(graph))) as { status: Body };
  const [, error] = (status['messages'] as [string, Body][]).at(-1) ?? [];
  expect(error).toMatchObject({
    node_type: 'CheckpointLoaderSimple',
    exception_type: 'FileNotFoundError',
    exception_message: `Model in folder 'checkpoints' with filename '${model}' not found.\n`,
  });
});
