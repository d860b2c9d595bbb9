import { z } from 'zod';
import { POSE_NAMES } from './images';

const moment = () => z.iso.datetime().meta({ example: '2026-01-02T03:04:05.678Z' });

/** Why a shot was placed on the instance on which it was. */
export const Placement = z.enum(['warm', 'switch', 'patience', 'fairness', 'anywhere']).meta({
  id: 'Placement',
  description:
    '`warm`: the models were in memory there. `switch`: loading them there was the best use of the instance. ' +
    '`patience`: it had waited so long that it went before work with its models in memory. `fairness`: its owner had ' +
    'had so much less of the GPUs that loading the models was fair. `anywhere`: it needs no models in memory.',
});
export type Placement = z.infer<typeof Placement>;

/** How an attempt ended. */
export const AttemptOutcome = z
  .object({
    result: z
      .enum(['stored', 'retried', 'failed', 'cancelled'])
      .describe(
        'What became of the picture: it is stored; it was, or will be, tried again; it failed for good; it was ' +
          'given up, as nobody waits for it.',
      ),
    reason: z
      .string()
      .nullable()
      .describe('Why it is not stored, for programs; null when it is.')
      .meta({ example: 'instance_lost' }),
    counts_as: z
      .enum(['try', 'mishap', 'idle'])
      .nullable()
      .describe(
        'What it counts as when the limit of attempts is reckoned. `try`: it ran and failed, 3 are allowed. ' +
          '`mishap`: nobody’s fault, 5. `idle`: it never reached a GPU, 50. Null when it is stored.',
      ),
    message: z.string().describe('The same for people.'),
  })
  .meta({ id: 'AttemptOutcome' });

/** One try to draw one picture. */
export const Attempt = z
  .object({
    id: z.uuid().describe('Name of the attempt; ComfyUI knows it as the `prompt_id`.'),
    shot: z
      .object({
        ordinal: z.int().describe('Which picture of the generation, from 0.'),
        view: z.enum(POSE_NAMES).nullable().describe('The view it shows, if one was asked for.'),
      })
      .describe('The picture it was for.'),
    instance: z
      .object({
        id: z.uuid().describe('Name of the instance.'),
        name: z.string().nullable().describe('Its name for people, where it has one.'),
      })
      .describe('Where it was tried.'),
    placement: z
      .object({
        reason: Placement.nullable().describe('For programs; null where it was not noted.'),
        message: z.string().describe('The same for people.'),
        is_cold: z.boolean().describe('The models had to be loaded first.'),
      })
      .describe('Why it was tried there.'),
    state: z
      .enum(['claimed', 'dispatching', 'dispatched', 'started', 'executed', 'stored', 'ended'])
      .describe('How far it came; `ended`: without a stored picture.'),
    estimated_ms: z
      .int()
      .nullable()
      .describe('What the run was expected to take; null where nothing was known.'),
    gpu_ms: z.int().nullable().describe('What it took on the GPU; null while that is not known.'),
    claimed_at: moment().describe('When it was given to the instance, UTC.'),
    dispatching_at: moment().nullable().describe('When it was about to be sent to ComfyUI.'),
    dispatched_at: moment().nullable().describe('When ComfyUI had taken it.'),
    started_at: moment().nullable().describe('When ComfyUI began to draw.'),
    executed_at: moment().nullable().describe('When it was drawn.'),
    ended_at: moment().nullable().describe('When it was stored, or given up.'),
    outcome: AttemptOutcome.nullable().describe('How it ended; null while it goes on.'),
  })
  .meta({ id: 'Attempt' });
export type Attempt = z.infer<typeof Attempt>;

/** Query of `GET /v1/generations/{id}/attempts`. */
export const ListAttempts = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(100).describe('Size of a page.'),
  cursor: z.string().max(200).optional().describe('`next_cursor` of the page before.'),
});
export type ListAttempts = z.infer<typeof ListAttempts>;

/** A page of attempts, oldest first. */
export const AttemptPage = z
  .object({
    data: z.array(Attempt).describe('Oldest first, of all pictures of the generation.'),
    next_cursor: z.string().nullable().describe('Send it as `cursor` for the next page.'),
    has_more: z.boolean().describe('Whether there is a next page.'),
  })
  .meta({ id: 'AttemptPage' });
