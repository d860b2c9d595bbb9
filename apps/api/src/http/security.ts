import helmet from 'helmet';
import type { RequestHandler } from 'express';

/**
 * Headers that keep browsers from doing what no page of ours needs. Scripts come from our own files alone;
 * Swagger UI and ReDoc write styles into the page, and ReDoc searches in a worker made of a blob.
 */
export function securityHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        fontSrc: ["'self'", 'data:'],
        workerSrc: ["'self'", 'blob:'],
        objectSrc: ["'none'"],
        baseUri: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // Whether there is TLS, and for which names, is known to the proxy in front.
    strictTransportSecurity: false,
  });
}
