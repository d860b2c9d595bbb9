import { capabilitiesOf, type Capabilities } from './capabilities';
import type { Http } from './http';
import { readSystemStats } from './instance';

/** One ComfyUI, and what its version can do. */
export interface Server {
  http: Http;
  capabilities: Capabilities;
}

export type FindServer = (signal: AbortSignal) => Promise<Server>;

/** Finds what is behind `http`: of `version`, or of the version that it tells when it is asked. */
export function serverFinder(http: Http, version: string | null): FindServer {
  return async (signal) => {
    const known = version ?? (await readSystemStats(http, signal)).version;
    return { http, capabilities: capabilitiesOf(known) };
  };
}
