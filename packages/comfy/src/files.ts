import { z } from 'zod';
import { ComfyUnavailableError, OutputTooLargeError } from './errors';
import { refusal, type Http } from './http';
import type { OutputRef } from './outputs';

export interface ImageUpload {
  bytes: Uint8Array<ArrayBuffer>;
  /** Named by its content (`<sha256>.png`): ComfyUI keeps the file of that name that it has, while others may read it. */
  filename: string;
  /** Below ComfyUI's input folder, such as `af`. */
  subfolder: string;
}

const Uploaded = z.object({ name: z.string(), subfolder: z.string() });
const SAFE_PATH = /^(?!.*\.\.)[A-Za-z0-9_-][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/;

/**
 * Stores an input picture. Resolves to what `LoadImage` takes for it, which is ComfyUI's own choice.
 * @throws TypeError when a name holds anything but `A-Z a-z 0-9 . _ -`.
 */
export async function uploadImage(
  http: Http,
  { bytes, filename, subfolder }: ImageUpload,
  signal: AbortSignal,
): Promise<string> {
  if (!SAFE_PATH.test(filename) || filename.includes('/') || !SAFE_PATH.test(subfolder)) {
    throw new TypeError('an uploaded file needs a plain name');
  }
  const form = new FormData();
  form.set('image', new Blob([bytes]), filename);
  form.set('type', 'input');
  form.set('subfolder', subfolder);
  const request = { method: 'POST', path: '/api/upload/image', body: form } as const;
  const uploaded = await http.json(request, Uploaded, signal);
  return uploaded.subfolder === '' ? uploaded.name : `${uploaded.subfolder}/${uploaded.name}`;
}

/** A downloaded output. */
export interface OutputFile {
  bytes: Buffer;
  contentType: string;
}

/**
 * Downloads an output, whole or not at all; null when ComfyUI no longer has the file.
 * @throws OutputTooLargeError beyond `maxBytes`.
 */
export async function fetchOutput(
  http: Http,
  { filename, subfolder, type }: Pick<OutputRef, 'filename' | 'subfolder' | 'type'>,
  { maxBytes, signal }: { maxBytes: number; signal: AbortSignal },
): Promise<OutputFile | null> {
  const query = new URLSearchParams({ filename, subfolder, type });
  const request = { path: `/api/view?${query.toString()}` };
  return http.exchange(request, signal, async (response) => {
    if (response.status === 404) return null;
    if (response.status !== 200) throw refusal({ path: '/api/view' }, response.status);
    const contentType = response.headers.get('content-type') ?? DEFAULT_TYPE;
    if (contentType.startsWith('text/html') && !/\.html?$/i.test(filename)) {
      throw badFile('the output is a web page: is it ComfyUI?', false);
    }
    const bytes = await readUpTo(response, maxBytes);
    if (bytes.length === 0) throw badFile('the output is empty', true);
    if (bytes.length !== declaredLength(response, bytes.length)) {
      throw badFile('the output was cut short', true);
    }
    return { bytes, contentType };
  });
}

const DEFAULT_TYPE = 'application/octet-stream';

async function readUpTo(response: Response, maxBytes: number): Promise<Buffer> {
  if (declaredLength(response, 0) > maxBytes) throw new OutputTooLargeError(maxBytes);
  const chunks: Uint8Array[] = [];
  let length = 0;
  const body: AsyncIterable<Uint8Array> | null = response.body;
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > maxBytes) throw new OutputTooLargeError(maxBytes);
  }
  return Buffer.concat(chunks, length);
}

/** As the headers say, or else `unknown`; on the way a compressed body has another length. */
function declaredLength({ headers }: Response, unknown: number): number {
  const length = headers.has('content-encoding') ? null : headers.get('content-length');
  return length === null ? unknown : Number(length);
}

/** Such as one that is just being written, or was on a full disk. */
function badFile(message: string, retryable: boolean): ComfyUnavailableError {
  return new ComfyUnavailableError(message, { retryable, reached: true, status: 200 });
}
