import { EmbeddedError } from './embeddedError';
import { freePort, isPortFree } from './freePort';

/**
 * @param what the first words of the error, for instance `Redis did not start.`
 * @returns the wanted port, or a free one when none is wanted. @throws EmbeddedError when it is taken.
 */
export async function choosePort(what: string, wanted: number | undefined): Promise<number> {
  if (wanted === undefined) return freePort();
  if (await isPortFree(wanted)) return wanted;
  throw new EmbeddedError({
    what,
    why: `Port ${wanted} on 127.0.0.1 is taken by another program.`,
    todo: 'Stop that program, or choose another port.',
  });
}
