import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, isPortFree } from '@avatarforge/embedded';
import { z } from 'zod';

const Ports = z.record(z.string(), z.number());

/** The port that `name` had in this home the last time, or another free one, which is remembered. */
export async function rememberPort(home: string, name: string): Promise<number> {
  const file = join(home, 'ports.json');
  const ports = existsSync(file) ? Ports.parse(JSON.parse(readFileSync(file, 'utf8'))) : {};
  const last = ports[name];
  if (last !== undefined && (await isPortFree(last))) return last;
  const port = await freePort();
  writeFileSync(file, `${JSON.stringify({ ...ports, [name]: port }, null, 2)}\n`);
  return port;
}
