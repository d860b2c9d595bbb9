import {
  listModels,
  listWorkflows,
  validateWorkflow,
  type CreateGenerationDeps,
} from '@avatarforge/services';
import type { Handlers } from '../http/router';
import { toWorkflow, toWorkflowValidation } from '../presenters/workflow';

/** Native v1: what the pool can draw. */
export function workflowHandlers(
  deps: CreateGenerationDeps,
): Pick<Handlers, 'listModels' | 'listWorkflows' | 'validateWorkflow'> {
  return {
    async listModels({ ctx }) {
      const { models, seenAt } = await listModels(deps, ctx);
      return { data: models, seen_at: seenAt?.toISOString() ?? null };
    },

    async listWorkflows({ ctx }) {
      return { data: (await listWorkflows(deps, ctx)).map(toWorkflow) };
    },

    async validateWorkflow({ ctx, body }) {
      return toWorkflowValidation(await validateWorkflow(deps, { ctx, input: body }));
    },
  };
}
