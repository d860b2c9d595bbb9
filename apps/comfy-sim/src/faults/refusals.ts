/** What a server, or a proxy in front of it, answers in place of the route. */
export interface Refusal {
  readonly type: string | undefined;
  readonly text: string;
}

const empty: Refusal = { type: undefined, text: '' };

function text(content: string): Refusal {
  return { type: 'text/plain; charset=utf-8', text: content };
}

function page(title: string): Refusal {
  const html = `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`;
  return { type: 'text/html', text: html };
}

export const refusals = {
  200: page('Log in'),
  400: empty,
  401: page('401 Authorization Required'),
  403: empty,
  404: { type: 'application/octet-stream', text: '' },
  413: text('Maximum request body size 104857600 exceeded.'),
  500: text('500 Internal Server Error\n\nServer got itself in trouble'),
  502: page('502 Bad Gateway'),
  503: page('503 Service Temporarily Unavailable'),
  504: page('504 Gateway Time-out'),
} as const satisfies Record<number, Refusal>;
