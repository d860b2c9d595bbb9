/** Where one ComfyUI listens, and what every request to it carries. */
export interface Address {
  /** Host and port, for error messages: never the credentials. */
  host: string;
  headers: Readonly<Record<string, string>>;
  /** `path` begins with a slash. */
  http(path: string): string;
  socket(clientId: string): string;
}

/**
 * Reads a base URL such as `http://gpu-1:8188` or `https://user:secret@host/comfy`.
 * Credentials become an `Authorization` header, for instances behind a proxy.
 * @throws TypeError when it is no http(s) URL.
 */
export function parseAddress(baseUrl: string): Address {
  const url = new URL(baseUrl);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new TypeError(`a ComfyUI address begins with http: or https:, not ${url.protocol}`);
  }
  const root = `//${url.host}${url.pathname.replace(/\/+$/, '')}`;
  return {
    host: url.host,
    headers: authorization(url),
    http: (path) => `${url.protocol}${root}${path}`,
    socket: (clientId) =>
      `${url.protocol.replace('http', 'ws')}${root}/api/ws?clientId=${encodeURIComponent(clientId)}`,
  };
}

function authorization(url: URL): Record<string, string> {
  if (url.username === '') return {};
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}
