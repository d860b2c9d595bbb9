import { Readable } from 'node:stream';
import {
  importFile,
  receiveFile,
  uploadFile,
  type ImportFileDeps,
  type ServiceContext,
} from '@avatarforge/services';
import { atField } from './atField';
import { decodeInlineImage } from './decodeInlineImage';

/** A picture that stands in a field of a request. */
export interface InlineImage {
  kind: 'pose' | 'reference';
  /** Base64, a data URL, or the address of the picture. */
  text: string;
}

const MAX_URL_LENGTH = 2000;

/**
 * Stores a picture that stands in the field `pose_image` or `reference_image` as any upload. Gives the id of its file.
 * @throws AppError validation_failed, payload_too_large, and what `uploadFile` and `importFile` throw, naming the field
 */
export function storeInlineImage(
  deps: ImportFileDeps,
  ctx: ServiceContext,
  { kind, text }: InlineImage,
): Promise<string> {
  const field = `${kind}_image`;
  return atField(`/${field}`, async () => {
    if (/^https?:/i.test(text) && text.length <= MAX_URL_LENGTH) {
      return (await importFile(deps, { ctx, input: { url: text, kind } })).file.id;
    }
    const bytes = decodeInlineImage(text, field);
    const received = await receiveFile(Readable.from([bytes]), deps.uploadFolder);
    try {
      const upload = { ...received, filename: field, kind };
      return (await uploadFile(deps, { ctx, upload })).file.id;
    } finally {
      await received.remove();
    }
  });
}
