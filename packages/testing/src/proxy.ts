import { openFaultProxy, type FaultProxy } from '@avatarforge/fault-proxy';
import { afterTests } from './cleanup';

export type { FaultProxy as Proxy } from '@avatarforge/fault-proxy';

/** A proxy on loopback in front of the server that `url` names; closed after the tests. */
export async function startProxy(url: string): Promise<FaultProxy> {
  const proxy = await openFaultProxy(url);
  afterTests(() => proxy.close());
  return proxy;
}
