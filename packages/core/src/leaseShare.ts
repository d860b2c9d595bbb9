/** How the instances of a pool are held at the moment. */
export interface Holding {
  /** Instances that can be held. */
  instances: number;
  /** How many this worker holds. */
  mine: number;
  /** How many each other living worker holds. */
  others: number[];
}

/** What a worker should do about it. */
export interface LeaseMove {
  /** Take up to so many free ones. */
  take: number;
  /** Give one up, so that another can take it. */
  giveUp: boolean;
}

/**
 * Even sharing without a master: everybody holds as many as everybody else, or one more. Who has fewer than that takes what is
 * free; only when nothing is free does somebody give one up. A living lease is never taken away.
 */
export function nextLeaseMove({ instances, mine, others }: Holding): LeaseMove {
  const workers = others.length + 1;
  const least = Math.floor(instances / workers);
  const most = Math.ceil(instances / workers);
  const held = others.reduce((sum, count) => sum + count, mine);
  const free = Math.max(0, instances - held);
  const missing = others.reduce((sum, count) => sum + Math.max(0, least - count), 0);
  const forMe = mine < least ? least - mine : 0;
  // What others lack is left to them; of the rest everybody may have one more.
  const spare = Math.max(0, free - missing - forMe);
  const take = Math.min(free, forMe + Math.min(spare, Math.max(0, most - Math.max(mine, least))));
  const isOver = mine > most || (mine > least && missing > free);
  return { take, giveUp: isOver && take === 0 };
}
