import {
  cancelBatch,
  createBatch,
  getBatch,
  type CreateGenerationDeps,
} from '@avatarforge/services';
import type { Handlers } from '../http/router';
import { toBatch } from '../presenters/batch';

type BatchOperation = 'createBatch' | 'getBatch' | 'cancelBatch';

/** Native v1: batches. */
export function batchHandlers(deps: CreateGenerationDeps): Pick<Handlers, BatchOperation> {
  return {
    async createBatch({ ctx, body, idempotency, res }) {
      const { batch, isReplayed } = await createBatch(deps, { ctx, input: body, idempotency });
      const created = toBatch(batch);
      res.location(created.urls.self);
      if (isReplayed) res.setHeader('Idempotency-Replayed', 'true');
      return created;
    },

    async getBatch({ ctx, params }) {
      return toBatch(await getBatch(deps, { ctx, id: params.id }));
    },

    async cancelBatch({ ctx, params }) {
      return toBatch(await cancelBatch(deps, { ctx, id: params.id }));
    },
  };
}
