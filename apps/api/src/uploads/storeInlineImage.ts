import { Readable } from 'node:stream';
import {
  receiveFile,
  uploadFile,
  type ServiceContext,
  type UploadFileDeps,
} from '@avatarforge/services';
import { atField } from './atField';
import { decodeInlineImage } from './decodeInlineImage';

/** A picture that stands in a field of a request. */
export interface InlineImage {
  kind: 'pose' | 'reference';
  /** Base64, or a data URL. */
  text: string;
}

/**
 * Stores a picture that stands in the field `pose_image` or `reference_image` as any upload. Gives the id of its file.
 * @throws AppError validation_failed, payload_too_large, and what `uploadFile` throws, naming the field
 */
export function storeInlineImage(
  deps: UploadFileDeps & { uploadFolder: string },
  ctx: ServiceContext,
  { kind, text }: InlineImage,
): Promise<string> {
  const field = `${kind}_image`;
  return atField(`/${field}`, async () => {
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
