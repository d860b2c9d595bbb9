import type { Api } from './api';
import { WISH } from './wishes';

/** Live updates. */
export function live(api: Api): void {
  describe('the stream', () => {
    test('of a generation tells how it was, what became of it, and ends with it', async () => {
      const { body } = await api.ask('createGeneration', { body: WISH });
      const { bytes, headers } = await api.ask('streamGeneration', { params: { id: body.id } });
      expect(headers.get('cache-control')).toBe('no-store');
      const types = [...bytes.toString().matchAll(/^event: (.*)$/gm)].map(([, type]) => type);
      expect(types[0]).toBe('snapshot');
      expect(types.filter((type) => type !== 'progress').at(-1)).toBe('generation.completed');
      await api.refused('streamGeneration', 'not_found', { params: { id: 'x' } });
    });

    test('of a user is there', async () => {
      await api.ask('streamEvents', { isHead: true });
      await api.refused('streamEvents', 'validation_failed', { query: { previews: 'perhaps' } });
    });
  });
}
