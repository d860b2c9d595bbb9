import { bite, pick, type Fault } from './fault';

interface InstanceFault {
  kind: string;
  about: string;
  /** As the simulator takes it. */
  fault: object;
  /** Milliseconds; 0: there is nothing to take back. */
  forMs?: readonly [number, number];
  /** Only a restart helps. */
  needsRestart?: boolean;
}

const KINDS: readonly InstanceFault[] = [
  {
    kind: 'sockets_dropped',
    about: 'the WebSockets of one instance break without a goodbye',
    fault: { kind: 'sockets_cut' },
  },
  {
    kind: 'sockets_stalled',
    about: 'the WebSockets of one instance look open and are dead',
    fault: { kind: 'socket_half_open' },
  },
  {
    kind: 'frames_stalled',
    about: 'one instance sends no messages for 2 to 10 s, then all at once',
    fault: { kind: 'frames_stalled' },
    forMs: [2000, 10_000],
  },
  {
    kind: 'history_lost',
    about: 'the history of one instance is cleared by hand',
    fault: { kind: 'history_lost' },
  },
  {
    kind: 'queue_cleared',
    about: 'the queue of one instance is cleared by hand',
    fault: { kind: 'queue_cleared' },
  },
  {
    kind: 'out_of_memory',
    about: 'the next node of one instance runs out of graphics memory',
    fault: { kind: 'out_of_memory', times: 1, match: { node_class: 'KSampler' } },
  },
  {
    kind: 'disk_full',
    about: 'the disk of one instance is full for 2 to 6 s',
    fault: { kind: 'disk_full' },
    forMs: [2000, 6000],
  },
  {
    kind: 'instance_hung',
    about: 'a node of one instance never ends; it is restarted 5 to 25 s later',
    fault: { kind: 'node_hang', times: 1 },
    forMs: [5000, 25_000],
    needsRestart: true,
  },
  {
    kind: 'zombie',
    about: 'one instance takes prompts and runs none; it is restarted 5 to 25 s later',
    fault: { kind: 'zombie_worker' },
    forMs: [5000, 25_000],
    needsRestart: true,
  },
  {
    kind: 'answer_lost',
    about: 'one instance takes a prompt, and the connection breaks before the answer',
    fault: { kind: 'http_cut', times: 1, match: { method: 'POST', path: '/prompt' } },
  },
];

/** Faults inside a ComfyUI. */
export const instanceFaults: readonly Fault[] = KINDS.map((one) => ({
  kind: one.kind,
  about: one.about,
  aim({ instances, random }) {
    const instance = pick(
      random,
      instances.filter((each) => each.isWell()),
    );
    if (!instance) return null;
    let heal: (() => Promise<void>) | undefined;
    const begin = async () => {
      heal = await bite(instance, one.fault);
    };
    const end = async () => {
      await heal?.();
      if (!one.needsRestart) return;
      await instance.kill();
      await instance.start();
    };
    const forMs = one.forMs ? random.between(...one.forMs) : 0;
    const target = instance.name;
    return { target, busy: [target], forMs, begin, ...(one.forMs && { end }) };
  },
}));
