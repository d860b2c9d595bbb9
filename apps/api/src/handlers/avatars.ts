import { POSE_NAMES, type AvatarRequest, type Pose, type Wish } from '@avatarforge/contracts';
import { AppError, isId } from '@avatarforge/core';
import type { Idempotency } from '@avatarforge/db';
import {
  createGeneration,
  deleteGeneration,
  getGeneration,
  listNumberedGenerations,
  type CreateGenerationDeps,
  type ImportFileDeps,
  type ServiceContext,
} from '@avatarforge/services';
import type { Response } from 'express';
import type { Handlers } from '../http/router';
import { toAvatarGeneration } from '../presenters/avatarGeneration';
import { storeInlineImage } from '../uploads/storeInlineImage';

export type AvatarDeps = CreateGenerationDeps & ImportFileDeps;

type AvatarOperation =
  | 'generateAvatar'
  | 'generatePose'
  | 'generateAllPoses'
  | 'listAvatars'
  | 'getAvatar'
  | 'deleteAvatar';

interface AvatarCall {
  ctx: ServiceContext;
  body: AvatarRequest;
  idempotency: Idempotency | undefined;
  res: Response;
}

/** The original contract: generations. */
export function avatarHandlers(deps: AvatarDeps): Pick<Handlers, AvatarOperation> {
  const generate = async ({ ctx, body, idempotency, res }: AvatarCall, views?: readonly Pose[]) => {
    const input = { ...(await toWish(deps, ctx, body)), ...(views && { views: [...views] }) };
    const { generation, isReplayed } = await createGeneration(deps, { ctx, input, idempotency });
    if (isReplayed) res.setHeader('Idempotency-Replayed', 'true');
    return toAvatarGeneration(generation);
  };
  return {
    generateAvatar: (call) => generate(call),
    generatePose: (call) => generate(call, [requirePose(call.query.pose)]),
    generateAllPoses: (call) => generate(call, POSE_NAMES),

    async listAvatars({ ctx, query: page }) {
      const { generations, total } = await listNumberedGenerations(deps, { ctx, page });
      const { limit, offset } = page;
      return { total, generations: generations.map(toAvatarGeneration), limit, offset };
    },

    async getAvatar({ ctx, params }) {
      return toAvatarGeneration(await getGeneration(deps, { ctx, id: params.id }));
    },

    async deleteAvatar({ ctx, params: { id } }) {
      await deleteGeneration(deps, { ctx, id });
      return { message: 'Generation deleted.', generation_id: id };
    },
  };
}

function requirePose(name = ''): Pose {
  const pose = POSE_NAMES.find((known) => known === name);
  if (pose) return pose;
  const message = `Use ${POSE_NAMES.join(', ')}.`;
  throw new AppError('unknown_pose', `There is no pose “${name.slice(0, 60)}”. ${message}`, [
    { pointer: 'query/pose', message },
  ]);
}

async function toWish(deps: AvatarDeps, ctx: ServiceContext, body: AvatarRequest): Promise<Wish> {
  const { pose_file_id, pose_image, reference_file_id, reference_image, ...rest } = body;
  const { sampler_name, ...wish } = rest;
  const pose = { kind: 'pose', id: pose_file_id, image: pose_image } as const;
  const reference = { kind: 'reference', id: reference_file_id, image: reference_image } as const;
  return {
    ...wish,
    ...(await toFileId(deps, ctx, pose)),
    ...(await toFileId(deps, ctx, reference)),
    sampler: sampler_name,
    scheduler: 'normal',
    count: 1,
    priority: 0,
    allow_fallback: true,
  };
}

/** A picture to start from: by id, else as base64 or address, else none. Older clients send empty strings for none. */
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
  return image ? { [field]: await storeInlineImage(deps, ctx, { kind, text: image }) } : {};
}

function requireId(id: string, field: string): string {
  if (isId(id)) return id;
  throw new AppError('unknown_file', `${field}: there is no file “${id.slice(0, 60)}”.`, [
    { pointer: `/${field}`, message: 'This file does not exist.' },
  ]);
}
