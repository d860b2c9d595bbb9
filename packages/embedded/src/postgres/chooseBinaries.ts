import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  findNpmBinaries,
  findSystemBinaries,
  inspectBinaries,
  noPostgres,
  type PostgresBinaries,
  type PostgresSource,
} from './binaries';
import type { Place } from './place';

/** What a data folder remembers of the server that made it. */
type MadeBy = Pick<PostgresBinaries, 'source' | 'binDir' | 'major'>;

const madeByFile = (place: Place): string => join(place.root, 'server.json');

/** Notes which server a data folder belongs to. */
export function rememberBinaries(place: Place, { source, binDir, major }: PostgresBinaries): void {
  writeFileSync(madeByFile(place), `${JSON.stringify({ source, binDir, major }, null, 2)}\n`, {
    mode: 0o600,
  });
}

function rememberedBinaries(place: Place): MadeBy | undefined {
  const file = madeByFile(place);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as MadeBy) : undefined;
}

/** The major version that made the data, as Postgres itself wrote it down; undefined without data. */
function majorOfData(place: Place): number | undefined {
  const file = join(place.dataDir, 'PG_VERSION');
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined;
}

/**
 * Chooses the server: for existing data the one that made it, else another of the same major
 * version; for new data the system's newest, else npm's.
 * @param only takes binaries of this source alone, for new data.
 * @throws EmbeddedError when none fits.
 */
export async function chooseBinaries(
  place: Place,
  only?: PostgresSource,
): Promise<PostgresBinaries> {
  const major = majorOfData(place);
  const madeBy = major === undefined ? undefined : rememberedBinaries(place);
  const remembered = madeBy && (await inspectBinaries(madeBy.source, madeBy.binDir, place.account));
  if (remembered?.major === major && remembered) return remembered;

  const fits = (binaries: PostgresBinaries): boolean =>
    major === undefined || binaries.major === major;
  const system = only === 'npm' ? [] : await findSystemBinaries(place.account);
  const chosen = system.find(fits);
  if (chosen) return chosen;
  const npm =
    only === 'system'
      ? undefined
      : await findNpmBinaries(join(place.root, 'server'), place.account);
  if (npm && fits(npm)) return npm;
  throw noPostgres(major, place.dataDir);
}
