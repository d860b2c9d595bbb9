import { POSE_NAMES, POSES, type Readiness } from '@avatarforge/contracts';
import type { Database } from '@avatarforge/db';
import type { Metrics } from '@avatarforge/runtime';
import { createPoolStats, getPoolStatus } from '@avatarforge/services';
import type { Handlers } from '../http/router';
import { toControllerHealth } from '../presenters/controllerHealth';
import { toStats } from '../presenters/stats';

export interface SystemDeps {
  database: Database;
  metrics: Metrics;
  readReadiness: () => Promise<Readiness>;
  /** Of the running service. */
  version: string;
}

type SystemOperation =
  | 'getControllerHealth'
  | 'listPoses'
  | 'getWelcome'
  | 'getRootHealth'
  | 'getApiHealth'
  | 'getLiveness'
  | 'getReadiness'
  | 'getStats'
  | 'getMetrics';

const HEALTHY = { status: 'healthy', message: 'AvatarForge API is running' } as const;

/** What the system says of itself, on both contracts. */
export function systemHandlers(deps: SystemDeps): Pick<Handlers, SystemOperation> {
  const { metrics, readReadiness, version } = deps;
  const readStats = createPoolStats(deps);
  return {
    getControllerHealth: async () => toControllerHealth(await getPoolStatus(deps)),
    listPoses: () => ({
      poses: POSE_NAMES.map((name) => ({ name, description: POSES[name] })),
    }),
    getWelcome: () => ({ message: 'Welcome to AvatarForge API', version }),
    getRootHealth: () => HEALTHY,
    getApiHealth: () => HEALTHY,
    getLiveness: () => ({ status: 'alive' }),

    async getReadiness({ res }) {
      const readiness = await readReadiness();
      if (readiness.status !== 'ready') res.status(503);
      return readiness;
    },

    getStats: async ({ ctx }) => toStats(await readStats(ctx)),

    async getMetrics({ res }) {
      res.type(metrics.contentType).send(await metrics.text());
      return undefined;
    },
  };
}
