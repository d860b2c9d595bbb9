import type { Database } from '@avatarforge/db';
import {
  addInstance,
  getInstance,
  listInstances,
  removeInstance,
  updateInstance,
} from '@avatarforge/services';
import type { Handlers } from '../http/router';
import { toInstance } from '../presenters/instance';
import { instanceUrl } from '../presenters/urls';

type InstanceOperation =
  | 'listInstances'
  | 'addInstance'
  | 'getInstance'
  | 'updateInstance'
  | 'drainInstance'
  | 'resumeInstance'
  | 'removeInstance';

/** Native v1: the instances of the pool, for operators. */
export function instanceHandlers(deps: { database: Database }): Pick<Handlers, InstanceOperation> {
  return {
    async listInstances({ ctx, query }) {
      const { instances, nextCursor } = await listInstances(deps, { ctx, query });
      return {
        data: instances.map(toInstance),
        next_cursor: nextCursor,
        has_more: nextCursor !== null,
      };
    },

    async addInstance({ ctx, body, res }) {
      const added = await addInstance(deps, { ctx, input: body });
      res.location(instanceUrl(added.id));
      return toInstance(added);
    },

    async getInstance({ ctx, params }) {
      return toInstance(await getInstance(deps, { ctx, id: params.id }));
    },

    async updateInstance({ ctx, params, body }) {
      return toInstance(await updateInstance(deps, { ctx, id: params.id, change: body }));
    },

    async drainInstance({ ctx, params }) {
      const change = { isDraining: true };
      return toInstance(await updateInstance(deps, { ctx, id: params.id, change }));
    },

    async resumeInstance({ ctx, params }) {
      const change = { isDraining: false };
      return toInstance(await updateInstance(deps, { ctx, id: params.id, change }));
    },

    async removeInstance({ ctx, params }) {
      await removeInstance(deps, { ctx, id: params.id });
      return undefined;
    },
  };
}
