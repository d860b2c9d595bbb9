import {
  createGeneration,
  getGeneration,
  listGenerations,
  type CreateGenerationDeps,
} from '@avatarforge/services';
import type { Handlers } from '../http/router';
import { toGeneration } from '../presenters/generation';

/** Native v1: generations. */
export function generationHandlers(
  deps: CreateGenerationDeps,
): Pick<Handlers, 'createGeneration' | 'listGenerations' | 'getGeneration'> {
  return {
    async createGeneration({ ctx, body, res }) {
      const generation = toGeneration(await createGeneration(deps, { ctx, input: body }));
      res.location(generation.urls.self);
      return generation;
    },

    async listGenerations({ ctx, query }) {
      const { generations, nextCursor } = await listGenerations(deps, { ctx, query });
      return {
        data: generations.map(toGeneration),
        next_cursor: nextCursor,
        has_more: nextCursor !== null,
      };
    },

    async getGeneration({ ctx, params }) {
      return toGeneration(await getGeneration(deps, { ctx, id: params.id }));
    },
  };
}
