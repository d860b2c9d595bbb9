import { modelFiles, type ModelFiles } from '../catalog/modelFiles';
import type { HttpServices } from './services';

/** The model files of this moment, by folder. */
export function servedModels({ options, faults }: HttpServices): ModelFiles {
  return faults.alter('models.listed', {}, modelFiles(options));
}
