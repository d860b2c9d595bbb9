import busboy from 'busboy';
import type { Request } from 'express';

export interface UploadForm {
  readonly fields: Readonly<Record<string, string>>;
  readonly image: { readonly filename: string; readonly content: Buffer } | undefined;
}

/** The form is larger than the server takes. */
export class FormTooLarge extends Error {
  override readonly name = 'FormTooLarge';
}

/** Reads a multipart form with one `image` file into memory. Throws FormTooLarge above the limit. */
export function readUploadForm(request: Request, maxBytes: number): Promise<UploadForm> {
  return new Promise((resolve, reject) => {
    const fields: Record<string, string> = {};
    let image: UploadForm['image'];
    let bytes = 0;
    const form = busboy({ headers: request.headers, preservePath: true, defParamCharset: 'utf8' });
    form.on('field', (name, value) => {
      fields[name] = value;
    });
    form.on('file', (name, stream, info) => {
      const { filename } = info as { filename?: string };
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > maxBytes) reject(new FormTooLarge());
        else chunks.push(chunk);
      });
      stream.on('end', () => {
        if (name === 'image') image = { filename: filename ?? '', content: Buffer.concat(chunks) };
      });
    });
    form.on('close', () => {
      resolve({ fields, image });
    });
    form.on('error', reject);
    request.on('error', reject);
    request.on('aborted', () => {
      reject(new Error('the client went away during the upload'));
    });
    request.pipe(form);
  });
}
