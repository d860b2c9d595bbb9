import { Readable } from 'node:stream';
import type { Wish } from '@avatarforge/contracts';
import { AppError, isId } from '@avatarforge/core';
import {
  createGeneration,
  getGeneration,
  uploadFile,
  type CreateGenerationDeps,
  type ServiceContext,
  type UploadFileDeps,
} from '@avatarforge/services';
import type { Handlers } from '../http/router';
import { toAvatarGeneration } from '../presenters/avatarGeneration';
import { decodeInlineImage } from '../uploads/decodeInlineImage';
import { receiveFile } from '../uploads/receiveFile';

export interface AvatarDeps extends CreateGenerationDeps, UploadFileDeps {
  /** Where what arrives is kept until it is stored. */
  uploadFolder: string;
}

/** The original contract: generations. */
export function avatarHandlers(deps: AvatarDeps): Pick<Handlers, 'generateAvatar' | 'getAvatar'> {
  return {
    async generateAvatar({ ctx, body }) {
      const { pose_file_id, pose_image, reference_file_id, reference_image, ...rest } = body;
      const { sampler_name, ...wish } = rest;
      const input: Wish = {
        ...wish,
        ...(await toFileId(deps, ctx, { kind: 'pose', id: pose_file_id, image: pose_image })),
        ...(await toFileId(deps, ctx, {
          kind: 'reference',
          id: reference_file_id,
          image: reference_image,
        })),
        sampler: sampler_name,
        scheduler: 'normal',
        count: 1,
        allow_fallback: true,
      };
      return toAvatarGeneration(await createGeneration(deps, { ctx, input }));
    },

    async getAvatar({ ctx, params }) {
      return toAvatarGeneration(await getGeneration(deps, { ctx, id: params.id }));
    },
  };
}

/** A picture to start from: by id, else as base64, else none. Older clients send empty strings for none. */
interface InputImage {
  kind: 'pose' | 'reference';
  id?: string | undefined;
  image?: string | undefined;
}

/** The id of the file to start from, as an input; a picture that stands in the request becomes a file first. */
async function toFileId(
  deps: AvatarDeps,
  ctx: ServiceContext,
  { kind, id, image }: InputImage,
): Promise<Pick<Wish, 'pose_file_id' | 'reference_file_id'>> {
  const field = `${kind}_file_id` as const;
  if (id) return { [field]: requireId(id, field) };
  return image ? { [field]: await storeInlineImage(deps, ctx, { kind, image }) } : {};
}

function requireId(id: string, field: string): string {
  if (isId(id)) return id;
  throw new AppError('unknown_file', `${field}: there is no file “${id.slice(0, 60)}”.`, [
    { pointer: `/${field}`, message: 'This file does not exist.' },
  ]);
}

async function storeInlineImage(
  deps: AvatarDeps,
  ctx: ServiceContext,
  { kind, image }: { kind: InputImage['kind']; image: string },
): Promise<string> {
  const filename = `${kind}_image`;
  const bytes = decodeInlineImage(image, filename);
  const received = await receiveFile(Readable.from([bytes]), deps.uploadFolder);
  try {
    const { file } = await uploadFile(deps, { ctx, upload: { ...received, filename, kind } });
    return file.id;
  } finally {
    await received.remove();
  }
}
