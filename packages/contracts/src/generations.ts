import { z } from 'zod';
import { POSE_NAMES } from './images';
import { flawOfJson } from './plainJson';
import { isPlain, plainText } from './plainText';

/** The states of a generation. */
export const GenerationStatus = z
  .enum(['queued', 'processing', 'completed', 'failed', 'cancelled'])
  .meta({ id: 'GenerationStatus', description: 'State of a generation.' });
export type GenerationStatus = z.infer<typeof GenerationStatus>;

const side = z.int().min(64).max(2048).multipleOf(8);

/** Fields that say what the picture shows; the original contract and v1 share them. */
export const wish = {
  prompt: plainText()
    .min(3, 'Give at least 3 characters.')
    .max(4000, 'Give at most 4,000 characters.')
    .describe('What the picture shows, 3–4,000 characters.')
    .meta({ example: 'warrior character' }),
  clothing: plainText()
    .max(500)
    .optional()
    .describe('Added to the prompt as “wearing …”.')
    .meta({ example: 'blue plate armour' }),
  style: plainText()
    .max(200)
    .optional()
    .describe('Added to the prompt as “… art style”.')
    .meta({ example: 'comic' }),
  negative_prompt: plainText()
    .max(4000)
    .optional()
    .describe('What must not be in the picture. Default: the configured one.'),
  realism: z
    .boolean()
    .default(false)
    .describe('`true` takes the realistic checkpoint of models.yaml, `false` the anime one.'),
  width: side.default(512).describe('Pixels, a multiple of 8.'),
  height: side.default(512).describe('Pixels, a multiple of 8.'),
  steps: z.int().min(1).max(150).default(20).describe('Sampling steps.'),
  cfg: z.number().min(0).max(30).default(7).describe('How closely to follow the prompt.'),
  seed: z
    .int()
    .min(0)
    .max(Number.MAX_SAFE_INTEGER)
    .optional()
    .describe('Same request, same seed, same picture. Default: a random one, returned.'),
};

const fileId = z.uuid().meta({ example: '01980000-0000-7000-8000-000000000000' });

const count = z
  .int()
  .min(1)
  .max(8)
  .default(1)
  .describe('Pictures for each view, with seeds seed, seed + 1, …');

const priority = z
  .int()
  .min(-10)
  .max(10)
  .default(0)
  .describe('Of your own pictures that wait, those with a higher one are drawn first.');

/** The events of a generation that its own `webhook_url` is told of. `generation.progress` only to those who name it. */
export const GENERATION_EVENTS = [
  'generation.queued',
  'generation.started',
  'generation.progress',
  'generation.completed',
  'generation.failed',
  'generation.cancelled',
] as const;

/** How the caller wants to be told; every way to ask for pictures takes these. */
export const callbacks = {
  webhook_url: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .refine(isPlain, 'Has characters that are not text.')
    .optional()
    .describe(
      'Is told what becomes of it, signed with the secret of your endpoint `default`; see docs/webhooks.md.',
    )
    .meta({ example: 'https://example.com/avatars' }),
  webhook_events: z
    .array(z.enum(GENERATION_EVENTS))
    .min(1)
    .max(GENERATION_EVENTS.length)
    .optional()
    .describe(
      'What `webhook_url` is told of. Default: `generation.completed`, `generation.failed` and `generation.cancelled`.',
    ),
  notify_email: z
    .email()
    .max(254)
    .optional()
    .describe('Is written to when it is completed or has failed.')
    .meta({ example: 'someone@example.com' }),
};

/** What is wished for, in words: the service picks the workflow. */
export const Wish = z
  .strictObject({
    ...wish,
    sampler: plainText().max(60).default('euler').describe('ComfyUI sampler name.'),
    scheduler: plainText().max(60).default('normal').describe('ComfyUI scheduler name.'),
    views: z
      .array(z.enum(POSE_NAMES))
      .min(1)
      .max(4)
      .refine((views) => new Set(views).size === views.length, 'Name each view once.')
      .optional()
      .describe('One picture for each view. Default: one picture, no view words.'),
    count,
    priority,
    pose_file_id: fileId.optional().describe('An uploaded picture whose pose to take.'),
    reference_file_id: fileId
      .optional()
      .describe('An uploaded picture whose face or look to take.'),
    allow_fallback: z
      .boolean()
      .default(false)
      .describe('Take the nearest way the pool knows when it cannot do exactly this.'),
    ...callbacks,
  })
  .meta({ id: 'Wish' });
export type Wish = z.infer<typeof Wish>;

/** An object of JSON values that every part of the system can hold. */
const jsonObject = () =>
  z.record(z.string(), z.unknown()).superRefine((value, context) => {
    const flaw = flawOfJson(value);
    if (flaw) context.addIssue({ code: 'custom', message: flaw });
  });

/** A workflow of the library, by name, with values for its inputs. */
export const WorkflowWish = z
  .strictObject({
    workflow: z
      .string()
      .max(100)
      .describe('Name of a workflow; `GET /v1/workflows` lists them.')
      .meta({ example: 'text-to-image-sdxl' }),
    inputs: jsonObject()
      .default({})
      .describe(
        'Values by the names that the workflow gives them. A picture is the id of a file of yours.',
      ),
    count,
    priority,
    ...callbacks,
  })
  .meta({ id: 'WorkflowWish' });
export type WorkflowWish = z.infer<typeof WorkflowWish>;

/** A graph of the caller's own. */
export const GraphWish = z
  .strictObject({
    graph: jsonObject().describe(
      'A graph in ComfyUI’s API format (“Export (API)”). Where a node wants the name of a picture, a file of yours ' +
        'stands as `{"__type": "core/ASSET", "info": {"id": "<file_id>"}}`.',
    ),
    priority,
    ...callbacks,
  })
  .meta({ id: 'GraphWish' });
export type GraphWish = z.infer<typeof GraphWish>;

/** Body of `POST /v1/generations`. Unknown keys are refused. */
export const CreateGeneration = z.union([Wish, WorkflowWish, GraphWish]).meta({
  id: 'CreateGeneration',
  example: { prompt: 'a warrior in blue armour', views: ['front', 'side'], seed: 7 },
});
export type CreateGeneration = z.infer<typeof CreateGeneration>;

const moment = () => z.iso.datetime().meta({ example: '2026-01-02T03:04:05.678Z' });

/** A picture that a generation made. */
export const Output = z
  .object({
    file_id: z.uuid().describe('The stored picture.'),
    url: z.string().describe('Where the bytes are.'),
    filename: z.string().describe('What to call it when it is saved.'),
    view: z.enum(POSE_NAMES).nullable().describe('The view it shows, if one was asked for.'),
    seed: z.int().nullable().describe('The seed it was drawn with; null where a graph names none.'),
    mime_type: z.string().describe('Kind of file.').meta({ example: 'image/png' }),
    size: z.int().describe('Bytes.'),
    width: z.int().nullable().describe('Pixels; null for what is no picture.'),
    height: z.int().nullable().describe('Pixels; null for what is no picture.'),
  })
  .meta({ id: 'Output' });
export type Output = z.infer<typeof Output>;

/** Why a generation failed. */
export const GenerationError = z
  .object({
    code: z.string().describe('Stable code for programs.').meta({ example: 'missing_model' }),
    message: z.string().describe('What happened, for people.'),
  })
  .meta({ id: 'GenerationError' });

/** Why nothing of a generation is being drawn. */
export const WaitingReason = z
  .enum(['busy', 'no_eligible_instance', 'pool_unavailable', 'draining', 'backing_off'])
  .meta({
    id: 'WaitingReason',
    description:
      '`busy`: the instances that can draw it have other work. `no_eligible_instance`: no instance has the nodes ' +
      'and models that it needs, as far as is known; it waits for one that does. `pool_unavailable`: no instance that ' +
      'can draw it answers. `draining`: those that can draw it take no new work until an operator resumes them. ' +
      '`backing_off`: it went wrong, and is tried again after a pause.',
  });
export type WaitingReason = z.infer<typeof WaitingReason>;

/** A generation as v1 shows it. */
export const Generation = z
  .object({
    id: z.uuid().describe('Name of the generation.'),
    status: GenerationStatus.describe('Final are completed, failed and cancelled.'),
    prompt: z.string().describe('As it was sent; empty for a graph.'),
    negative_prompt: z.string().describe('As it was sent, or the configured one.'),
    inputs: z
      .record(z.string(), z.unknown())
      .describe('The values that were used, defaults and drawn seed included.'),
    workflow: z
      .string()
      .describe('The workflow that draws it; `graph` for one of your own.')
      .meta({ example: 'text-to-image-sd15' }),
    notes: z.array(z.string()).describe('What was done differently from what was asked, and why.'),
    shots: z
      .object({
        total: z.int().describe('Pictures asked for.'),
        done: z.int().describe('Pictures stored so far.'),
      })
      .describe('How far it is.'),
    progress: z
      .number()
      .min(0)
      .max(1)
      .nullable()
      .describe(
        'Share that is drawn: 1 when it is completed. Null while nothing of it is drawn, and when it cannot be told.',
      ),
    priority: z.int().describe('Its place among your own, -10 to 10; higher is drawn first.'),
    queue_position: z
      .int()
      .nullable()
      .describe(
        'About how many pictures of anybody’s will be begun before its first one that waits; 0: it is next. Null when ' +
          'none of it waits, and when it cannot be told.',
      ),
    eta_seconds: z
      .number()
      .nullable()
      .describe(
        'In about how many seconds the last of it will be drawn. Null when it is final, and when it cannot be told.',
      ),
    waiting_reason: WaitingReason.nullable().describe(
      'Why nothing of it is being drawn. Null while something is, when it is final, and for the first moments.',
    ),
    outputs: z.array(Output).describe('The pictures stored so far, in the order asked for.'),
    error: GenerationError.nullable().describe('Why it failed; null otherwise.'),
    created_at: moment().describe('When it was asked for, UTC.'),
    started_at: moment().nullable().describe('When its first picture was begun.'),
    finished_at: moment().nullable().describe('When its status became final.'),
    cancel_requested: z.boolean().describe('It is being stopped, or was.'),
    retry_of: z.uuid().nullable().describe('The generation that this one repeats.'),
    urls: z.object({ self: z.string().describe('Where to look at it again.') }).describe('Links.'),
  })
  .meta({ id: 'Generation' });
export type Generation = z.infer<typeof Generation>;

const sinceEpoch = () =>
  moment().refine((text) => Date.parse(text) >= 0, 'Give a time after 1970.');

/** Query of `GET /v1/generations`. */
export const ListGenerations = z.strictObject({
  status: GenerationStatus.optional().describe('Only generations in this state.'),
  created_after: sinceEpoch()
    .optional()
    .describe('Only generations asked for at this time or later.'),
  created_before: sinceEpoch().optional().describe('Only generations asked for before this time.'),
  limit: z.coerce.number().int().min(1).max(100).default(20).describe('Size of a page.'),
  cursor: z.string().max(200).optional().describe('`next_cursor` of the page before.'),
});
export type ListGenerations = z.infer<typeof ListGenerations>;

/** A page of generations, newest first. */
export const GenerationPage = z
  .object({
    data: z.array(Generation).describe('Newest first.'),
    next_cursor: z.string().nullable().describe('Send it as `cursor` for the next page.'),
    has_more: z.boolean().describe('Whether there is a next page.'),
  })
  .meta({ id: 'GenerationPage' });

/** Path of one generation. */
export const GenerationParams = z.object({ id: z.string().describe('Name of the generation.') });

/** Body of `POST /v1/generations/{id}/retry`. */
export const RetryGeneration = z
  .strictObject({
    seed: z
      .enum(['same', 'new'])
      .default('same')
      .describe('`same` draws the same picture; `new` draws another.'),
  })
  .meta({ id: 'RetryGeneration', example: { seed: 'same' } });
