import { operations, PROBLEMS } from '@avatarforge/contracts';
import type { Api } from './api';

/** What the system says of itself. */
export function pages(api: Api): void {
  describe('what the system says of itself', () => {
    test('the root welcomes, and tells the version', async () => {
      const { body } = await api.ask('getWelcome');
      expect(body).toEqual({
        message: 'Welcome to AvatarForge API',
        version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
      });
    });

    test('the API says that it is healthy, at both of its addresses', async () => {
      const { body } = await api.ask('getRootHealth');
      expect(body).toEqual({ status: 'healthy', message: expect.any(String) as string });
      expect((await api.ask('getApiHealth')).body).toEqual(body);
    });

    test('the health of the original contract tells how ComfyUI is, and what it runs on', async () => {
      const { body } = await api.ask('getControllerHealth');
      expect(body).toMatchObject({
        api_status: 'healthy',
        comfyui: { status: 'online', url: expect.stringMatching(/^http:/) as string },
      });
      const words = Object.keys(body.comfyui);
      expect(words).toEqual(
        expect.arrayContaining(['devices', 'python_version', 'ram_free_bytes']),
      );
    });

    test('the four poses are told, in the order in which they are drawn', async () => {
      const { body } = await api.ask('listPoses');
      expect(body.poses.map(({ name }) => name)).toEqual(['front', 'back', 'side', 'quarter']);
    });

    test('the process is alive, and ready with all it depends on', async () => {
      expect((await api.ask('getLiveness')).body).toEqual({ status: 'alive' });
      expect((await api.ask('getReadiness')).body).toEqual({
        status: 'ready',
        checks: { database: 'ok', storage: 'ok', redis: 'ok' },
        pool: { workers: 1, instances_healthy: 1 },
      });
    });

    test('the metrics count requests by their operation', async () => {
      await api.ask('listPoses');
      const { bytes } = await api.ask('getMetrics');
      expect(bytes.toString()).toMatch(
        /http_request_duration_seconds_count\{[^}]*operation="listPoses"[^}]*\} [1-9]/,
      );
    });
  });

  describe('documentation', () => {
    test('the OpenAPI document has every operation', async () => {
      const answer = await api.page('/openapi.json');
      const document = (await answer.json()) as OpenApi;
      expect(document.openapi).toMatch(/^3\.1/);
      const ids = Object.values(document.paths).flatMap((path) =>
        Object.values(path).map(({ operationId }) => operationId),
      );
      expect(ids.sort()).toEqual(Object.keys(operations).sort());
    });

    test.each(['/docs', '/redoc'])('%s is a page, and all it loads is here', async (path) => {
      const answer = await api.page(path);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toMatch('text/html');
      const html = await answer.text();
      const loaded = [...html.matchAll(/(?:src|href|spec-url)="([^"]+)"/g)].map(([, to]) => to!);
      expect(loaded.length).toBeGreaterThan(1);
      for (const address of loaded) {
        expect(address).toMatch(/^\//);
        expect((await api.page(address)).status).toBe(200);
      }
    });

    test.each(Object.keys(PROBLEMS))('the problem %s has a page', async (code) => {
      const answer = await api.page(`/problems/${code}`);
      expect(answer.status).toBe(200);
      expect(await answer.text()).toContain(code);
    });
  });
}

interface OpenApi {
  openapi: string;
  paths: Record<string, Record<string, { operationId: string }>>;
}
