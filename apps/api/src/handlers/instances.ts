import type { Database } from '@avatarforge/db';
import {
  addInstance,
  getInstance,
  listInstances,
  removeInstance,
  requireInstanceCallback,
  rotateCallbackSecret,
  updateInstance,
} from '@avatarforge/services';
import type { Request } from 'express';
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
  | 'rotateCallbackSecret'
  | 'callBack'
  | 'removeInstance';

export interface InstanceDeps {
  database: Database;
  /** Has whoever drives this instance look at it. Returns at once; may be lost. */
  ringInstance: (id: string) => void;
}

/** Native v1: the instances of the pool, for operators. */
export function instanceHandlers(deps: InstanceDeps): Pick<Handlers, InstanceOperation> {
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

    async rotateCallbackSecret({ ctx, params: { id } }) {
      const secret = await rotateCallbackSecret(deps, { ctx, id });
      return { secret, url: `${instanceUrl(id)}/callback` };
    },

    async callBack({ params: { id }, req }) {
      await requireInstanceCallback(deps, { id, signed: toSigned(req) });
      deps.ringInstance(id);
      return undefined;
    },

    async removeInstance({ ctx, params }) {
      await removeInstance(deps, { ctx, id: params.id });
      return undefined;
    },
  };
}

function toSigned(req: Request) {
  const body: unknown = req.body;
  return {
    id: req.get('webhook-id'),
    timestamp: req.get('webhook-timestamp'),
    signature: req.get('webhook-signature'),
    // Where nothing was sent, the parser leaves no bytes behind.
    body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
  };
}
