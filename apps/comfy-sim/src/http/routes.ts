import type { Express, RequestHandler } from 'express';

type Method = 'get' | 'post';

/** Registers routes, each also below `/api`, and answers 405 for their other methods. */
export class Routes {
  private readonly methods = new Map<string, Set<Method>>();

  constructor(private readonly app: Express) {}

  get(path: string, ...handlers: RequestHandler[]): void {
    this.add('get', path, handlers);
  }

  post(path: string, ...handlers: RequestHandler[]): void {
    this.add('post', path, handlers);
  }

  /** To be called when all routes are there. */
  refuseOtherMethods(): void {
    for (const [path, methods] of this.methods) {
      this.app.all(path, (_request, response) => {
        const allowed = [...methods].map((method) => method.toUpperCase());
        response.status(405).set('Allow', allowed.join(','));
        response.type('text/plain; charset=utf-8').send('405: Method Not Allowed');
      });
    }
  }

  private add(method: Method, path: string, handlers: RequestHandler[]): void {
    for (const twin of [path, `/api${path}`]) {
      this.methods.set(twin, (this.methods.get(twin) ?? new Set()).add(method));
      this.app[method](twin, ...handlers);
    }
  }
}
