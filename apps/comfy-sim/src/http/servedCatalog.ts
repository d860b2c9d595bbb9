import { readCatalog } from '../catalog/nodeCatalog';
import type { NodeCatalog } from '../catalog/nodeDefinition';
import { adaptCatalog } from '../profiles/adaptCatalog';
import { servedModels } from './servedModels';
import type { HttpServices } from './services';

/** Every node class there is, as the simulated version describes it. */
export async function readServedCatalog(services: HttpServices): Promise<NodeCatalog> {
  const { folders, profile } = services;
  const options = { ...services.options, models: servedModels(services) };
  return adaptCatalog(await readCatalog(folders, options), profile.objectInfo);
}
