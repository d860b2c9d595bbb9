import type { Api } from './api';
import { WISH } from './wishes';

/** Native v1: what the pool can draw. */
export function workflows(api: Api): void {
  describe('what the pool can draw', () => {
    test('the models are told, each with the instance that has it', async () => {
      const { body } = await api.ask('listModels');
      expect(body.seen_at).not.toBeNull();
      expect(body.data.map(({ folder }) => folder)).toContain('checkpoints');
      for (const { instances } of body.data) expect(instances).toHaveLength(1);
    });

    test('the workflows are told, each with where it can run or what it lacks', async () => {
      const { data } = (await api.ask('listWorkflows')).body;
      expect(data.some(({ runnable_on }) => runnable_on.length === 1)).toBe(true);
      for (const { runnable_on, missing } of data) {
        expect(runnable_on.length > 0).toBe(missing.length === 0);
      }
    });

    test('a request is judged without being drawn', async () => {
      const { total } = (await api.ask('listAvatars')).body;
      expect((await api.ask('validateWorkflow', { body: WISH })).body).toMatchObject({
        valid: true,
        faults: [],
        checked_against: 1,
      });
      const graph = { '1': { class_type: 'NoSuchNode', inputs: {} } };
      expect((await api.ask('validateWorkflow', { body: { graph } })).body).toMatchObject({
        valid: false,
        runnable_on: [],
        faults: [{ node_id: '1' }],
      });
      expect((await api.ask('listAvatars')).body.total).toBe(total);
      await api.refused('createGeneration', 'graph_rejected', { body: { graph } });
    });
  });
}
