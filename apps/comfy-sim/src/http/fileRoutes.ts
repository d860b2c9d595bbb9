import { isFolderType } from '../files/folders';
import { storeUpload } from '../files/storeUpload';
import { sendEmpty, sendJson } from './exchange';
import type { Routes } from './routes';
import type { HttpServices } from './services';
import { readUploadForm } from './uploadForm';
import { viewRoute } from './viewRoute';

export function addFileRoutes(routes: Routes, { folders, profile }: HttpServices): void {
  routes.get('/view', viewRoute(folders, profile.routes.guardsDownloads));

  routes.post('/upload/image', async (request, response) => {
    if (!request.is('multipart/form-data')) {
      sendEmpty(response, 400);
      return;
    }
    const { fields, image } = await readUploadForm(request, profile.maxBodyBytes);
    const type = fields['type'] ?? 'input';
    if (!isFolderType(type)) throw new TypeError(`no folder of type ${type}`);
    const subfolder = fields['subfolder'] ?? '';
    const overwrite = ['true', '1'].includes(fields['overwrite'] ?? '');
    const name = image?.filename
      ? await storeUpload(folders.of(type), { ...image, subfolder, overwrite })
      : undefined;
    if (name === undefined) sendEmpty(response, 400);
    else sendJson(response, { name, subfolder, type });
  });
}
