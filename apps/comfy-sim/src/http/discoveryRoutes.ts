import { freemem, totalmem } from 'node:os';
import { readCatalog } from '../catalog/nodeCatalog';
import { pathValue, sendEmpty, sendJson } from './exchange';
import type { Routes } from './routes';
import type { HttpServices } from './services';

export function addDiscoveryRoutes(routes: Routes, services: HttpServices): void {
  const { profile, options, folders } = services;

  routes.get('/system_stats', (_request, response) => {
    sendJson(response, systemStats(services));
  });

  routes.get('/features', (_request, response) => {
    sendJson(response, profile.features);
  });

  routes.get('/models', (_request, response) => {
    sendJson(response, profile.modelFolders);
  });

  routes.get('/models/:folder', (request, response) => {
    const folder = pathValue(request, 'folder');
    if (!profile.modelFolders.includes(folder)) sendEmpty(response, 404);
    else sendJson(response, folder === 'checkpoints' ? [...options.checkpoints].sort() : []);
  });

  for (const path of ['/embeddings', '/extensions']) {
    routes.get(path, (_request, response) => {
      sendJson(response, []);
    });
  }

  routes.get('/object_info', async (_request, response) => {
    sendJson(response, await readCatalog(folders, options.checkpoints));
  });

  routes.get('/object_info/:name', async (request, response) => {
    const name = pathValue(request, 'name');
    const catalog = await readCatalog(folders, options.checkpoints);
    sendJson(response, Object.hasOwn(catalog, name) ? { [name]: catalog[name] } : {});
  });
}

function systemStats({ profile, options }: HttpServices) {
  const total = totalmem();
  const free = freemem();
  const device = {
    vram_total: total,
    vram_free: free,
    torch_vram_total: total,
    torch_vram_free: free,
  };
  return {
    system: {
      os: process.platform,
      ram_total: total,
      ram_free: free,
      comfyui_version: profile.version,
      required_frontend_version: '1.49.6',
      installed_templates_version: null,
      required_templates_version: '0.11.44',
      comfy_package_versions: [],
      python_version: '3.11.7 (simulated by comfy-sim)',
      pytorch_version: '2.13.0+cpu',
      embedded_python: false,
      deploy_environment: 'local-git',
      argv: ['main.py', '--cpu', '--port', String(options.port)],
    },
    devices: [{ name: 'cpu', type: 'cpu', index: null, ...device }],
  };
}
