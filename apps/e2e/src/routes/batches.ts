import { randomUUID } from 'node:crypto';
import { eventually } from '@avatarforge/testing';
import type { Api } from './api';
import { inState, LONG_WISH, WISH } from './wishes';

/** Native v1: batches. */
export function batches(api: Api): void {
  const at = (id: string) => ({ params: { id } });

  describe('a batch', () => {
    test('is asked for at once, drawn, and over with its last generation', async () => {
      const headers = { 'idempotency-key': randomUUID() };
      const body = { generations: [WISH, { ...WISH, seed: 8 }, { ...WISH, seed: 9 }] };
      const created = await api.ask('createBatch', { body, headers });
      const { id } = created.body;
      expect(created.headers.get('location')).toBe(`/v1/batches/${id}`);
      expect((await api.ask('createBatch', { body, headers })).body.id).toBe(id);
      const batch = await eventually(
        async () => {
          const found = (await api.ask('getBatch', at(id))).body;
          return found.finished_at !== null && found;
        },
        { timeoutMs: 60_000 },
      );
      expect(batch).toMatchObject({ total: 3, completed: 3, failed: 0, cancelled: 0 });
    });

    test('is stopped as a whole', async () => {
      const body = { generations: [LONG_WISH, LONG_WISH] };
      const { id, generations } = (await api.ask('createBatch', { body })).body;
      await api.ask('cancelBatch', at(id));
      for (const generation of generations) await inState(api, generation.id, 'cancelled');
      expect((await api.ask('getBatch', at(id))).body).toMatchObject({ cancelled: 2 });
    });

    test('is not to be had under another name', async () => {
      await api.refused('getBatch', 'not_found', at(randomUUID()));
      await api.refused('cancelBatch', 'not_found', at('nonsense'));
    });
  });
}
