import {
  capabilitiesOf,
  createComfyClient,
  type Capabilities,
  type ComfyClient,
  type Features,
  type ObjectInfo,
  type SystemStats,
} from '@avatarforge/comfy';
import type { Candidate } from './candidates';

/** A server under test, and what it says of itself. */
export interface Instance {
  url: string;
  isSimulator: boolean;
  /** As workers make it: told the version that the server has. */
  client: ComfyClient;
  version: string;
  /** What its version promises. */
  can: Capabilities;
  stats: SystemStats;
  features: Features;
  nodeClasses: ObjectInfo;
  checkpoints: string[];
  /** Whether it has all of these node classes. */
  has: (...classes: string[]) => boolean;
  /** How long to wait for it: a real one may have other things to do first. */
  patienceMs: number;
}

/** Gets to know the server at `url`. */
export async function meet(url: string, { isSimulator }: Candidate): Promise<Instance> {
  const timeoutMs = 60_000;
  const stranger = createComfyClient({ baseUrl: url, timeoutMs });
  const stats = await stranger.systemStats();
  const { version } = stats;
  const nodeClasses = await stranger.objectInfo();
  return {
    url,
    isSimulator,
    client: createComfyClient({ baseUrl: url, version, timeoutMs }),
    version,
    can: capabilitiesOf(version),
    stats,
    features: await stranger.features(),
    nodeClasses,
    checkpoints: (await stranger.models('checkpoints')) ?? [],
    has: (...classes) => classes.every((name) => Object.hasOwn(nodeClasses, name)),
    patienceMs: isSimulator ? 20_000 : 300_000,
  };
}
