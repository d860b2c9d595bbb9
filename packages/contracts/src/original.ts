import { z } from 'zod';
import { GenerationStatus, wish } from './generations';
import { POSE_NAMES } from './images';
import { plainText } from './plainText';

// The contract of the earlier service: shapes that its clients rely on. Unknown keys are ignored, as they expect.

const dimensions = z
  .object({ width: z.int().describe('Pixels.'), height: z.int().describe('Pixels.') })
  .describe('Size of the picture.');
const moment = () => z.iso.datetime().meta({ example: '2026-01-02T03:04:05.678Z' });

/** Body of `POST /avatarforge-controller/generate/avatar`. */
export const AvatarRequest = z
  .object({
    ...wish,
    sampler_name: plainText().max(60).default('euler').describe('ComfyUI sampler name.'),
    pose_file_id: z.string().optional().describe('`file_id` of an uploaded pose image.'),
    reference_file_id: z.string().optional().describe('`file_id` of an uploaded reference image.'),
    pose_image: z
      .string()
      .optional()
      .describe('A pose image as base64 or data URL (older clients), or its https address.'),
    reference_image: z
      .string()
      .optional()
      .describe('A reference image as base64 or data URL (older clients), or its https address.'),
  })
  .meta({ id: 'AvatarRequest', example: { prompt: 'warrior character', realism: false } });
export type AvatarRequest = z.infer<typeof AvatarRequest>;

/** A generation as the original contract shows it. */
export const AvatarGeneration = z
  .object({
    generation_id: z.uuid().describe('Name of the generation.'),
    status: GenerationStatus.describe('Final are completed, failed and cancelled.'),
    message: z.string().describe('How it stands, for people.'),
    workflow: z.string().describe('The workflow that draws it.'),
    output_files: z
      .array(
        z.object({
          filename: z.string().describe('What to call it when it is saved.'),
          url: z.string().describe('Where the bytes are.'),
          pose_type: z.enum(POSE_NAMES).nullable().describe('The view it shows, if asked for.'),
          size: z.int().describe('Bytes.'),
          dimensions: dimensions
            .nullable()
            .describe('Size of the picture; null for what is no picture.'),
        }),
      )
      .describe('The pictures stored so far.'),
    created_at: moment().describe('When it was asked for, UTC.'),
    started_at: moment().nullable().describe('When its first picture was begun.'),
    completed_at: moment().nullable().describe('When its status became final.'),
    error: z.string().nullable().describe('Why it failed; null otherwise.'),
    comfyui_prompt_id: z.string().nullable().describe('Name of its latest try on ComfyUI.'),
  })
  .meta({ id: 'AvatarGeneration' });
export type AvatarGeneration = z.infer<typeof AvatarGeneration>;

/** An uploaded picture as the original contract shows it. */
export const UploadedFile = z
  .object({
    file_id: z.uuid().describe('Name of the file.'),
    filename: z.string().describe('As it was sent, without what is unsafe.'),
    content_hash: z.string().describe('SHA-256 of the bytes as sent, hexadecimal.'),
    size: z.int().describe('Bytes.'),
    mime_type: z.string().describe('Kind of picture, by its content.'),
    dimensions,
    url: z.string().describe('Where the bytes are.'),
    is_duplicate: z.boolean().describe('You had sent the same bytes before.'),
    created_at: moment().describe('When it was first sent, UTC.'),
  })
  .meta({ id: 'UploadedFile' });
export type UploadedFile = z.infer<typeof UploadedFile>;

/** Body of `GET /avatarforge-controller/health`. */
export const ControllerHealth = z
  .object({
    api_status: z.literal('healthy').describe('The API answers.'),
    comfyui: z
      .object({
        status: z.enum(['online', 'offline', 'unknown']).describe('Whether it answered last.'),
        url: z.string().nullable().describe('Its address.'),
      })
      .catchall(z.unknown())
      .describe('The first instance, as last seen by a worker, with its system stats.'),
  })
  .meta({ id: 'ControllerHealth' });

/** Body of `GET /avatarforge-controller/poses`. */
export const PoseList = z
  .object({
    poses: z
      .array(
        z.object({
          name: z.enum(POSE_NAMES).describe('Name of the view.'),
          description: z.string().describe('What it shows.'),
        }),
      )
      .describe('All views.'),
  })
  .meta({ id: 'PoseList' });

/** Query of `POST /avatarforge-controller/generate_pose`. */
export const PoseQuery = z.object({
  pose: z
    .string()
    .optional()
    .describe('The view: front, back, side or quarter.')
    .meta({ example: 'side' }),
});

/** No more rows are skipped than this; `GET /v1/generations` goes on from any row. */
const MAX_OFFSET = 10_000_000;

/** Query of `GET /avatarforge-controller/generations`. Older clients send an empty status for any. */
export const AvatarListQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(50).describe('Size of a page.'),
  offset: z.coerce.number().int().min(0).max(MAX_OFFSET).default(0).describe('How many to skip.'),
  status: z
    .union([z.literal('').transform(() => undefined), GenerationStatus])
    .optional()
    .describe('Only generations in this state.'),
});

/** A page of generations as the original contract shows it. */
export const AvatarList = z
  .object({
    total: z.int().describe('How many there are on all pages.'),
    generations: z.array(AvatarGeneration).describe('Newest first.'),
    limit: z.int().describe('Size of a page.'),
    offset: z.int().describe('How many were skipped.'),
  })
  .meta({ id: 'AvatarList' });

/** Body of `DELETE /avatarforge-controller/generations/{id}`. */
export const DeletedAvatar = z
  .object({
    message: z.string().describe('What was done.'),
    generation_id: z.uuid().describe('The generation that was deleted.'),
  })
  .meta({ id: 'DeletedAvatar' });

/** Path of a content hash. */
export const ContentHashParams = z.object({
  content_hash: z.string().describe('SHA-256 of the bytes as sent, hexadecimal.'),
});

/** Body of `GET /avatarforge-controller/files/hash/{content_hash}`. */
export const FileExistence = z
  .object({
    exists: z.boolean().describe('You have a file with these bytes.'),
    file_id: z.uuid().nullable().describe('Its name; null when there is none.'),
    message: z.string().describe('The same in words.'),
  })
  .meta({ id: 'FileExistence' });

/** Body of `DELETE /avatarforge-controller/files/{file_id}`. */
export const DeletedFile = z
  .object({
    message: z.string().describe('What was done.'),
    file_id: z.uuid().describe('The file that was deleted.'),
  })
  .meta({ id: 'DeletedFile' });

/** Query of `POST /avatarforge-controller/cleanup/orphaned-files`. */
export const OrphanQuery = z.object({
  days: z.coerce
    .number()
    .int()
    .min(1)
    .max(365)
    .default(30)
    .describe('Only files not used for this many days.'),
});

/** Body of `POST /avatarforge-controller/cleanup/orphaned-files`. */
export const OrphanCleanup = z
  .object({
    files_deleted: z.int().describe('How many files went.'),
    cleanup_days: z.int().describe('Not used for this many days.'),
    message: z.string().describe('The same in words.'),
  })
  .meta({ id: 'OrphanCleanup' });
