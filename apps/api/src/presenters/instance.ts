import type { Instance } from '@avatarforge/contracts';
import type { RegisteredInstance } from '@avatarforge/db';
import { shownAddress } from './urls';

/** An instance as v1 shows it to operators. */
export function toInstance(instance: RegisteredInstance): Instance {
  const { id, name, labels, source, state, version, running, waiting, storing } = instance;
  return {
    ...{ id, name, labels, source, state, version },
    url: shownAddress(instance.url),
    health: {
      status: instance.health,
      reason: instance.healthReason,
      since: instance.healthSince.toISOString(),
    },
    devices: instance.devices.map((device) => ({
      name: device.name,
      vram_total_bytes: device.vramTotalBytes,
      vram_free_bytes: device.vramFreeBytes,
    })),
    prompts: { running, waiting, storing },
    warm_lanes: instance.warmLanes,
    lane_times: instance.laneTimes.map(({ lane, runMs, loadMs, runs }) => ({
      ...{ lane, runs },
      run_ms: runMs,
      load_ms: loadMs,
    })),
    models_count: instance.modelsCount,
    capabilities_seen_at: instance.capabilitiesSeenAt?.toISOString() ?? null,
    driver: toDriver(instance),
    seen_at: instance.seenAt?.toISOString() ?? null,
    created_at: instance.createdAt.toISOString(),
  };
}

function toDriver({ workerId, epoch, leaseUntil }: RegisteredInstance): Instance['driver'] {
  if (workerId === null || epoch === null || leaseUntil === null) return null;
  return { worker_id: workerId, epoch, until: leaseUntil.toISOString() };
}
