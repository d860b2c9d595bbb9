import type { Express, Request, RequestHandler, Response } from 'express';

/** Registers routes, each also below `/api`. */
export class Routes {
  private readonly posts = new Set<string>();

  constructor(private readonly app: Express) {}

  get(path: string, ...handlers: RequestHandler[]): void {
    this.app.get(twins(path), ...handlers);
  }

  post(path: string, ...handlers: RequestHandler[]): void {
    for (const twin of twins(path)) this.posts.add(twin);
    this.app.post(twins(path), ...handlers);
  }

  /**
   * To be called when all routes are there. The server looks for a file at every path that has no
   * route, so reading ends in 404 and anything else in 405.
   */
  refuseTheRest(): void {
    this.app.use((request: Request, response: Response) => {
      if (request.method === 'GET' || request.method === 'HEAD') {
        response.status(404).type('application/octet-stream').end();
        return;
      }
      response
        .status(405)
        .set('Allow', this.posts.has(request.path) ? 'GET,HEAD,POST' : 'GET,HEAD');
      response.type('text/plain; charset=utf-8').send('405: Method Not Allowed');
    });
  }
}

function twins(path: string): string[] {
  return [path, `/api${path}`];
}
