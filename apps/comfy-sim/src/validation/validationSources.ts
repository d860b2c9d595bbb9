import type { NodeCatalog } from '../catalog/nodeDefinition';
import type { Folders } from '../files/folders';
import type { VersionProfile } from '../profiles/versionProfile';

/** What a graph is checked against. */
export interface ValidationSources {
  readonly catalog: NodeCatalog;
  readonly folders: Folders;
  readonly rules: VersionProfile['validation'];
  /** Names in the order in which sets hand them out. */
  readonly setOrder: readonly string[];
}
