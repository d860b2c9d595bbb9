import type { FaultProxy } from '@avatarforge/fault-proxy';
import { pick, type Fault } from './fault';

interface LinkFault {
  kind: string;
  about: string;
  /** Milliseconds; 0: there is nothing to take back. */
  forMs: readonly [number, number];
  begin(proxy: FaultProxy): Promise<void> | void;
  end?(proxy: FaultProxy): Promise<void> | void;
}

const KINDS: readonly LinkFault[] = [
  {
    kind: 'link_cut',
    about: 'one cable is pulled for 1 to 8 s: connections break, new ones are refused',
    forMs: [1000, 8000],
    begin: (proxy) => proxy.cut(),
    end: (proxy) => proxy.restore(),
  },
  {
    kind: 'link_stalled',
    about: 'on one cable nothing passes for 2 to 12 s, and connections stay open',
    forMs: [2000, 12_000],
    begin: (proxy) => {
      proxy.freeze();
    },
    end: (proxy) => {
      proxy.thaw();
    },
  },
  {
    kind: 'link_slow',
    about: 'on one cable every piece of data takes 50 ms, for 3 to 12 s',
    forMs: [3000, 12_000],
    begin: (proxy) => {
      proxy.slow(50);
    },
    end: (proxy) => {
      proxy.slow(0);
    },
  },
  {
    kind: 'link_reset',
    about: 'the connections of one cable break without a goodbye',
    forMs: [0, 0],
    begin: (proxy) => {
      proxy.reset();
    },
  },
];

/** Faults of the network between two parts. */
export const linkFaults: readonly Fault[] = KINDS.map((one) => ({
  kind: one.kind,
  about: one.about,
  aim({ links, random }) {
    const link = pick(random, links);
    if (!link) return null;
    return {
      target: link.name,
      busy: [link.name],
      forMs: random.between(...one.forMs),
      begin: () => one.begin(link.proxy),
      ...(one.end && { end: () => one.end?.(link.proxy) }),
    };
  },
}));
