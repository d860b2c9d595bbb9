import { UNKNOWN_REQUIREMENT } from '@avatarforge/core';
import { findCatalog, findGraphsThatNeed, type Database } from '@avatarforge/db';
import { meetsNeeds, type NodeCatalog } from '@avatarforge/workflows';

/** Pairs of catalog and requirement that are remembered. */
const MAX_REMEMBERED = 50_000;
/** Requirements judged at one time: others wait for the next, so that nobody's inventions keep the rest waiting. */
const AT_ONCE = 48;

/** Which requirements instances with a certain catalog can meet: found out once for each pair, from any graph that has them. */
export class Runnability {
  private readonly verdicts = new Map<string, boolean>();
  private catalogs = new Map<string, NodeCatalog>();

  constructor(private readonly database: Database) {}

  /** Whether an instance with this catalog can run it, as far as is known; not before it was judged. */
  canRun(catalogHash: string | null, requirement: string): boolean {
    if (catalogHash === null || requirement === UNKNOWN_REQUIREMENT) return true;
    return this.verdicts.get(keyOf(catalogHash, requirement)) ?? false;
  }

  /** Whether it is known, either way. */
  isJudged(catalogHash: string | null, requirement: string): boolean {
    if (catalogHash === null || requirement === UNKNOWN_REQUIREMENT) return true;
    return this.verdicts.has(keyOf(catalogHash, requirement));
  }

  /** Finds out what is not known yet of these pairs, of the first requirements first. */
  async learn(catalogHashes: (string | null)[], requirements: string[]): Promise<void> {
    const hashes = [...new Set(catalogHashes)].filter((hash) => hash !== null);
    this.catalogs = new Map([...this.catalogs].filter(([hash]) => hashes.includes(hash)));
    const isUnknown = (requirement: string) =>
      hashes.some((hash) => !this.isJudged(hash, requirement));
    const unknown = [...new Set(requirements)].filter(isUnknown).slice(0, AT_ONCE);
    if (unknown.length === 0) return;
    const graphs = await findGraphsThatNeed(this.database, unknown);
    for (const hash of hashes) {
      const catalog = await this.catalog(hash);
      for (const [requirement, graph] of graphs) {
        // Where there is no catalog to judge by, ComfyUI itself has the word.
        this.remember(keyOf(hash, requirement), !catalog || meetsNeeds(graph, catalog));
      }
    }
  }

  private async catalog(hash: string): Promise<NodeCatalog | null> {
    const catalog = this.catalogs.get(hash) ?? (await findCatalog(this.database, hash));
    if (catalog) this.catalogs.set(hash, catalog);
    return catalog;
  }

  private remember(key: string, verdict: boolean): void {
    this.verdicts.set(key, verdict);
    const [oldest] = this.verdicts.keys();
    if (this.verdicts.size > MAX_REMEMBERED && oldest !== undefined) this.verdicts.delete(oldest);
  }
}

function keyOf(catalogHash: string, requirement: string): string {
  return `${catalogHash} ${requirement}`;
}
