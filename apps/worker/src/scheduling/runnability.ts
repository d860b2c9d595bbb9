import { UNKNOWN_REQUIREMENT } from '@avatarforge/core';
import { findCatalog, findGraphThatNeeds, type Database } from '@avatarforge/db';
import { meetsNeeds, type NodeCatalog } from '@avatarforge/workflows';

/** Requirements that are remembered; with each comes a graph to judge new catalogs by. */
const MAX_REMEMBERED = 2000;

/** Which requirements instances with a certain catalog can meet: found out once for each pair, from any graph that has them. */
export class Runnability {
  private readonly verdicts = new Map<string, boolean>();
  private catalogs = new Map<string, NodeCatalog>();

  constructor(private readonly database: Database) {}

  /** Whether an instance with this catalog can run it, as far as is known: ComfyUI itself has the last word. */
  canRun(catalogHash: string | null, requirement: string): boolean {
    if (catalogHash === null || requirement === UNKNOWN_REQUIREMENT) return true;
    return this.verdicts.get(keyOf(catalogHash, requirement)) ?? true;
  }

  /** Finds out what is not known yet of these pairs. */
  async learn(catalogHashes: (string | null)[], requirements: string[]): Promise<void> {
    const hashes = [...new Set(catalogHashes)].filter((hash) => hash !== null);
    this.forgetOthers(hashes);
    for (const requirement of requirements) {
      if (requirement === UNKNOWN_REQUIREMENT) continue;
      const unknown = hashes.filter((hash) => !this.verdicts.has(keyOf(hash, requirement)));
      if (unknown.length > 0) await this.judge(unknown, requirement);
    }
  }

  private async judge(hashes: string[], requirement: string): Promise<void> {
    const graph = await findGraphThatNeeds(this.database, requirement);
    if (!graph) return;
    for (const hash of hashes) {
      const catalog = await this.catalog(hash);
      if (catalog) this.verdicts.set(keyOf(hash, requirement), meetsNeeds(graph, catalog));
    }
  }

  private async catalog(hash: string): Promise<NodeCatalog | null> {
    const catalog = this.catalogs.get(hash) ?? (await findCatalog(this.database, hash));
    if (catalog) this.catalogs.set(hash, catalog);
    return catalog;
  }

  /** Catalogs are megabytes: those that no instance has any more are not kept, nor verdicts without end. */
  private forgetOthers(hashes: string[]): void {
    this.catalogs = new Map([...this.catalogs].filter(([hash]) => hashes.includes(hash)));
    if (this.verdicts.size > MAX_REMEMBERED * Math.max(1, hashes.length)) this.verdicts.clear();
  }
}

function keyOf(catalogHash: string, requirement: string): string {
  return `${catalogHash} ${requirement}`;
}
