import { freemem, totalmem } from 'node:os';
import type { ComfySimOptions } from '../options';
import { pathValue, sendEmpty, sendJson } from './exchange';
import type { Routes } from './routes';
import { readServedCatalog } from './servedCatalog';
import { servedModels } from './servedModels';
import type { HttpServices } from './services';

export function addDiscoveryRoutes(routes: Routes, services: HttpServices): void {
  const { profile } = services;
  const { features } = profile;
  const modelFolders = [
    ...new Set([...profile.modelFolders, ...Object.keys(servedModels(services))]),
  ];

  routes.get('/system_stats', (_request, response) => {
    sendJson(response, systemStats(services));
  });

  if (features) {
    routes.get('/features', (_request, response) => {
      sendJson(response, features);
    });
  }

  routes.get('/models', (_request, response) => {
    sendJson(response, modelFolders);
  });

  routes.get('/models/:folder', (request, response) => {
    const folder = pathValue(request, 'folder');
    if (!modelFolders.includes(folder)) sendEmpty(response, 404);
    else sendJson(response, servedModels(services)[folder] ?? []);
  });

  routes.get('/users', (_request, response) => {
    sendJson(response, { storage: 'server', migrated: true });
  });

  for (const path of ['/embeddings', '/extensions']) {
    routes.get(path, (_request, response) => {
      sendJson(response, []);
    });
  }

  routes.get('/object_info', async (_request, response) => {
    sendJson(response, await readServedCatalog(services));
  });

  routes.get('/object_info/:name', async (request, response) => {
    const name = pathValue(request, 'name');
    const catalog = await readServedCatalog(services);
    sendJson(response, Object.hasOwn(catalog, name) ? { [name]: catalog[name] } : {});
  });
}

const formerSystemName = process.platform === 'win32' ? 'nt' : 'posix';

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
      os: profile.systemName === 'os.name' ? formerSystemName : process.platform,
      ram_total: total,
      ram_free: free,
      comfyui_version: profile.version,
      ...profile.installation,
      python_version: '3.11.7 (simulated by comfy-sim)',
      pytorch_version: '2.13.0+cpu',
      embedded_python: false,
      argv: ['main.py', '--cpu', '--port', String(options.port), ...previewArguments(options)],
    },
    devices: [{ name: 'cpu', type: 'cpu', index: null, ...device }],
  };
}

function previewArguments({ previewMethod }: ComfySimOptions): string[] {
  return previewMethod === 'none' ? [] : ['--preview-method', previewMethod];
}
