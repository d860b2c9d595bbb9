import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createOpenApiDocument, PROBLEMS } from '@avatarforge/contracts';
import type { IRouter } from 'express';
import { PROBLEM_PAGES_DIR } from '../repositoryPaths';
import { REDOC_PAGE, SWAGGER_PAGE, SWAGGER_START } from './pages';

const SWAGGER_DIR = dirname(require.resolve('swagger-ui-dist/package.json'));
const SWAGGER_FILES = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

const REMOTE_LOGO = 'https://cdn.redoc.ly/redoc/logo-mini.svg';
const EMPTY_IMAGE = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>";

/** Routes `/openapi.json`, `/docs`, `/redoc` and the pages of the problems; none needs the internet. */
export function routeDocumentation(router: IRouter, { version }: { version: string }): void {
  const openApi = JSON.stringify(createOpenApiDocument(version), null, 2);
  router.get('/openapi.json', (_req, res) => {
    res.type('json').send(openApi);
  });
  routeSwagger(router);
  routeRedoc(router);
  routeProblemPages(router);
}

function routeSwagger(router: IRouter): void {
  router.get('/docs', (_req, res) => {
    res.type('html').send(SWAGGER_PAGE);
  });
  router.get('/docs/start.js', (_req, res) => {
    res.type('js').send(SWAGGER_START);
  });
  for (const name of SWAGGER_FILES) {
    router.get(`/docs/${name}`, (_req, res) => {
      res.sendFile(name, { root: SWAGGER_DIR });
    });
  }
}

function routeRedoc(router: IRouter): void {
  const bundle = readFileSync(require.resolve('redoc/bundles/redoc.standalone.js'), 'utf8');
  // The one thing that ReDoc would load from elsewhere.
  const local = bundle.replaceAll(REMOTE_LOGO, EMPTY_IMAGE);
  router.get('/redoc', (_req, res) => {
    res.type('html').send(REDOC_PAGE);
  });
  router.get('/redoc/redoc.standalone.js', (_req, res) => {
    res.type('js').send(local);
  });
}

function routeProblemPages(router: IRouter): void {
  for (const code of Object.keys(PROBLEMS)) {
    router.get(`/problems/${code}`, (_req, res) => {
      const headers = { 'Content-Type': 'text/plain; charset=utf-8' };
      res.sendFile(`${code}.md`, { root: PROBLEM_PAGES_DIR, headers });
    });
  }
}
