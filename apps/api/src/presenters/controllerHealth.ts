import type { InstanceHealth, OperationOutput, Operations } from '@avatarforge/contracts';
import type { PoolStatus } from '@avatarforge/services';
import { shownAddress } from './urls';

type ControllerHealth = OperationOutput<Operations['getControllerHealth']>;

const STATUS: Record<InstanceHealth, ControllerHealth['comfyui']['status']> = {
  ok: 'online',
  half_open: 'online',
  quarantined: 'offline',
  unreachable: 'offline',
  unknown: 'unknown',
};

/** The pool as the original contract shows it: its first instance that answers, else the first. */
export function toControllerHealth({ instances }: PoolStatus): ControllerHealth {
  const shown = instances.find(({ health }) => STATUS[health] === 'online') ?? instances[0];
  if (!shown) return { api_status: 'healthy', comfyui: { status: 'unknown', url: null } };
  const { systemStats, health, healthReason, url } = shown;
  const comfyui = {
    ...(withSnakeCase(systemStats) as object | null),
    ...(healthReason !== null && { reason: healthReason }),
    status: STATUS[health],
    url: shownAddress(url),
  };
  return { api_status: 'healthy', comfyui };
}

/** The same value with the names of all its fields as answers write them: `ramFreeBytes` → `ram_free_bytes`. */
function withSnakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSnakeCase);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, field]) => [
    name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    withSnakeCase(field),
  ]);
  return Object.fromEntries(entries) as object;
}
