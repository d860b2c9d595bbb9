import { randomUUID } from 'node:crypto';
import { eventually } from '@avatarforge/testing';
import type { AvatarForge } from '../fixtures/avatarForge';
import type { Api, Asked } from './api';
import { inState, LONG_WISH, WISH } from './wishes';

/** Native v1: generations. */
export function generations(api: Api, executions: AvatarForge['executions']): void {
  const create = async (wish: object = {}, asked: Asked = {}) =>
    (await api.ask('createGeneration', { body: { ...WISH, ...wish }, ...asked })).body;
  const at = (id: string) => ({ params: { id } });
  const total = async () => (await api.ask('listAvatars')).body.total;

  describe('a generation of v1', () => {
    test('is accepted with its address, and drawn as it was asked for', async () => {
      const body = { ...WISH, views: ['front', 'side'], count: 2, seed: 5 };
      const { body: accepted, headers } = await api.ask('createGeneration', { body });
      expect(headers.get('location')).toBe(`/v1/generations/${accepted.id}`);
      const generation = await inState(api, accepted.id, 'completed');
      expect(generation).toMatchObject({ shots: { total: 4, done: 4 }, error: null });
      const shown = generation.outputs.map(({ view, seed }) => [view, seed]);
      expect(shown).toEqual([
        ['front', 5],
        ['side', 5],
        ['front', 6],
        ['side', 6],
      ]);
    });

    test('is in the answer, finished, where the client waits for it', async () => {
      const headers = { prefer: 'wait=30' };
      const answer = await api.ask('createGeneration', { body: WISH, headers, status: 200 });
      expect(answer.headers.get('preference-applied')).toBe('wait=30');
      expect(answer.body).toMatchObject({
        status: 'completed',
        outputs: [{ mime_type: 'image/png' }],
      });
    });

    test('is asked for without fields that nobody knows', async () => {
      const { errors } = await api.refused('createGeneration', 'validation_failed', {
        body: { ...WISH, promt: 'x' },
      });
      expect(errors).toMatchObject([{ pointer: '/promt' }]);
    });

    test('is one, however often it is sent with the same key', async () => {
      const before = await total();
      const headers = { 'idempotency-key': randomUUID() };
      const first = await api.ask('createGeneration', { body: WISH, headers });
      const again = await api.ask('createGeneration', { body: WISH, headers });
      expect(first.headers.get('idempotency-replayed')).toBeNull();
      expect(again.headers.get('idempotency-replayed')).toBe('true');
      expect(again.body.id).toBe(first.body.id);
      expect(await total()).toBe(before + 1);

      const body = { ...WISH, prompt: 'a wizard' };
      await api.refused('createGeneration', 'idempotency_mismatch', { body, headers });
      expect(await total()).toBe(before + 1);
      await inState(api, first.body.id, 'completed');
    });

    test('stands in the list once, page by page, newest first', async () => {
      const ids: string[] = [];
      for (const seed of [1, 2, 3]) ids.unshift((await create({ seed })).id);
      const seen: string[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const query: Record<string, string> = { limit: '2', ...(cursor && { cursor }) };
        const { body: page } = await api.ask('listGenerations', { query });
        expect(page.has_more).toBe(page.next_cursor !== null);
        seen.push(...page.data.map(({ id }) => id));
        cursor = page.next_cursor;
      }
      expect(seen.slice(0, 3)).toEqual(ids);
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen).toHaveLength(await total());
      for (const id of ids) await inState(api, id, 'completed');
    });
  });

  describe('a generation that is stopped', () => {
    test('while it is drawn is cancelled, and retried as another that is completed', async () => {
      const { id } = await create(LONG_WISH);
      await inState(api, id, 'processing');
      expect((await api.ask('cancelGeneration', at(id))).body.cancel_requested).toBe(true);
      const { finished_at, outputs } = await inState(api, id, 'cancelled');
      expect({ finished_at, outputs }).toEqual({
        finished_at: expect.any(String) as string,
        outputs: [],
      });
      expect((await api.ask('cancelGeneration', at(id))).body.status).toBe('cancelled');

      const { body: retried, headers } = await api.ask('retryGeneration', {
        ...at(id),
        body: { seed: 'new' },
      });
      expect(retried).toMatchObject({ retry_of: id });
      expect(retried.id).not.toBe(id);
      expect(headers.get('location')).toBe(`/v1/generations/${retried.id}`);
      await inState(api, retried.id, 'completed');
      await api.refused('cancelGeneration', 'wrong_state', at(retried.id));
    });

    test('once it is completed stays as it is', async () => {
      const { id } = await create();
      await inState(api, id, 'completed');
      await api.refused('cancelGeneration', 'wrong_state', at(id));
      await api.refused('retryGeneration', 'wrong_state', { ...at(id), body: {} });
    });
  });

  describe('a generation of v1 that is deleted', () => {
    test('is unknown on both contracts, and so are its pictures', async () => {
      const headers = { prefer: 'wait=30' };
      const { id, outputs } = await create({}, { headers, status: 200 });
      const [output] = outputs;
      await api.ask('getFileContent', at(output!.file_id));
      await api.ask('deleteGeneration', at(id));
      for (const name of ['getGeneration', 'deleteGeneration', 'getAvatar'] as const) {
        await api.refused(name, 'not_found', at(id));
      }
      await api.refused('getFile', 'not_found', at(output!.file_id));
      await api.refused('getFileContent', 'not_found', at(output!.file_id));
      const { body: page } = await api.ask('listGenerations', { query: { limit: 100 } });
      expect(page.data.map((generation) => generation.id)).not.toContain(id);
    });

    test.each(['deleteGeneration', 'deleteAvatar'] as const)(
      'while it is drawn is drawn no further: %s',
      async (name) => {
        const { id } = await create(LONG_WISH);
        await inState(api, id, 'processing');
        const { comfyui_prompt_id } = (await api.ask('getAvatar', at(id))).body;
        const isRunAs = async (expected: string | null) => {
          const run = (await executions()).find((any) => any.prompt_id === comfyui_prompt_id);
          return run?.outcome === expected;
        };
        await eventually(() => isRunAs(null));
        await api.ask(name, at(id));
        await eventually(() => isRunAs('interrupted'));
      },
    );

    test.each([randomUUID(), 'no-id'])('%s is none', async (id) => {
      for (const name of ['getGeneration', 'deleteGeneration', 'cancelGeneration'] as const) {
        await api.refused(name, 'not_found', at(id));
      }
      await api.refused('retryGeneration', 'not_found', { ...at(id), body: {} });
    });
  });
}
