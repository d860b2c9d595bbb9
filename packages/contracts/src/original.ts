import { z } from 'zod';
import { GenerationStatus, wish } from './generations';
import { POSE_NAMES } from './images';

// The contract of the earlier service: shapes that its clients rely on. Unknown keys are ignored, as they expect.

const dimensions = z.object({ width: z.int(), height: z.int() });

/** Body of `POST /avatarforge-controller/generate/avatar`. */
export const AvatarRequest = z
  .object({
    ...wish,
    sampler_name: z.string().max(60).default('euler').describe('ComfyUI sampler name.'),
    pose_file_id: z.string().optional().describe('`file_id` of an uploaded pose image.'),
    reference_file_id: z.string().optional().describe('`file_id` of an uploaded reference image.'),
    pose_image: z
      .string()
      .optional()
      .describe('A pose image as base64 or data URL (older clients).'),
    reference_image: z
      .string()
      .optional()
      .describe('A reference image as base64 or data URL (older clients).'),
  })
  .meta({ id: 'AvatarRequest' });
export type AvatarRequest = z.infer<typeof AvatarRequest>;

/** A generation as the original contract shows it. */
export const AvatarGeneration = z
  .object({
    generation_id: z.uuid(),
    status: GenerationStatus,
    message: z.string(),
    workflow: z.string(),
    output_files: z.array(
      z.object({
        filename: z.string(),
        url: z.string(),
        pose_type: z.enum(POSE_NAMES).nullable(),
        size: z.int(),
        dimensions,
      }),
    ),
    created_at: z.iso.datetime(),
    started_at: z.iso.datetime().nullable(),
    completed_at: z.iso.datetime().nullable(),
    error: z.string().nullable(),
    comfyui_prompt_id: z.string().nullable(),
  })
  .meta({ id: 'AvatarGeneration' });
export type AvatarGeneration = z.infer<typeof AvatarGeneration>;

/** An uploaded picture as the original contract shows it. */
export const UploadedFile = z
  .object({
    file_id: z.uuid(),
    filename: z.string(),
    content_hash: z.string().describe('SHA-256 of the bytes as sent, hexadecimal.'),
    size: z.int().describe('Bytes.'),
    mime_type: z.string(),
    dimensions,
    url: z.string(),
    is_duplicate: z.boolean().describe('You had sent the same bytes before.'),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'UploadedFile' });
export type UploadedFile = z.infer<typeof UploadedFile>;

/** Body of `GET /avatarforge-controller/health`. */
export const ControllerHealth = z
  .object({
    api_status: z.literal('healthy'),
    comfyui: z
      .object({
        status: z.enum(['online', 'offline', 'unknown']),
        url: z.string().nullable(),
      })
      .catchall(z.unknown())
      .describe('The first instance, as last seen by a worker, with its system stats.'),
  })
  .meta({ id: 'ControllerHealth' });

/** Body of `GET /avatarforge-controller/poses`. */
export const PoseList = z
  .object({ poses: z.array(z.object({ name: z.enum(POSE_NAMES), description: z.string() })) })
  .meta({ id: 'PoseList' });
