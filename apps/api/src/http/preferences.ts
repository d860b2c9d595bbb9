import type { Request } from 'express';

const MAX_WAIT_S = 60;
const WAIT = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,9})"?(?=$|[,;\s])/i;

/** For how many seconds the client prefers to wait for the end, 0 to 60 (RFC 7240, 4.3). */
export function preferredWait(req: Request): number {
  const seconds = WAIT.exec(req.get('Prefer') ?? '')?.[1];
  return Math.min(Number(seconds ?? 0), MAX_WAIT_S);
}
