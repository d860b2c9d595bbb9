import { z } from 'zod';
import { plainText } from './plainText';

const LABEL_NAME = /^[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/;
const MAX_LABELS = 16;

const labelValue = () => plainText().min(1).max(63);
const labels = () =>
  z
    .record(z.string().regex(LABEL_NAME, 'Give 1–63 letters, digits and . _ -'), labelValue())
    .refine((all) => Object.keys(all).length <= MAX_LABELS, `Give at most ${MAX_LABELS} labels.`)
    .meta({ example: { gpu: '4090', rack: 'a' } });
const instanceName = () => plainText().min(1).max(100);
const moment = () => z.iso.datetime().meta({ example: '2026-01-02T03:04:05.678Z' });

/** How an instance is. */
export const InstanceHealth = z
  .enum(['ok', 'half_open', 'quarantined', 'unreachable', 'unknown'])
  .meta({
    id: 'InstanceHealth',
    description:
      '`ok`: it answers. `half_open`: it gave trouble and is tried with a single prompt. `quarantined`: it gave ' +
      'trouble and gets no work for a while. `unreachable`: it does not answer. `unknown`: no worker looks at it.',
  });
export type InstanceHealth = z.infer<typeof InstanceHealth>;

/** Whether an instance takes work. */
export const InstanceState = z.enum(['active', 'draining', 'leaving']).meta({
  id: 'InstanceState',
  description:
    '`active`: it takes work while it is healthy. `draining`: it takes no new work until it is resumed. `leaving`: it ' +
    'was removed, and finishes what it has.',
});
export type InstanceState = z.infer<typeof InstanceState>;

/** An instance of the pool, for operators. */
export const Instance = z
  .object({
    id: z.uuid().describe('Name of the instance for programs.'),
    name: z.string().nullable().describe('Name for people; null where none was given.'),
    url: z.string().describe('Its address, without credentials.'),
    labels: z.record(z.string(), z.string()).describe('Words of yours, to find it by.'),
    source: z
      .enum(['config', 'api'])
      .describe('Whether it comes from COMFYUI_URLS or was added here.'),
    state: InstanceState,
    health: z
      .object({
        status: InstanceHealth,
        reason: z.string().nullable().describe('Why it is so, where that is known.'),
        since: moment().describe('Since when, UTC.'),
      })
      .describe('How it is, as a worker last saw it.'),
    version: z.string().nullable().describe('Of its ComfyUI; null while it is not known.'),
    devices: z
      .array(
        z.object({
          name: z.string().describe('As ComfyUI names it.'),
          vram_total_bytes: z.number().nullable().describe('Its memory; null where not told.'),
          vram_free_bytes: z.number().nullable().describe('Of that, free when last seen.'),
        }),
      )
      .describe('What it draws with; empty while that is not known.'),
    prompts: z
      .object({
        running: z.int().describe('Being drawn.'),
        waiting: z.int().describe('Taken for it and not begun.'),
        storing: z.int().describe('Drawn, and not stored yet.'),
      })
      .describe('What it has to do now.'),
    warm_lanes: z
      .array(z.string())
      .describe('Model sets that it has in memory, as far as is known, the last used first.'),
    lane_times: z
      .array(
        z.object({
          lane: z.string().describe('A set of models.'),
          run_ms: z.number().nullable().describe('A run with the models in memory; null: unknown.'),
          load_ms: z.number().nullable().describe('Loading the models; null: unknown.'),
          runs: z.int().describe('How many runs that was learned from.'),
        }),
      )
      .describe('How long it takes, learned from what it ran; the most used first.'),
    models_count: z.int().nullable().describe('Model files it has; null while not known.'),
    capabilities_seen_at: moment()
      .nullable()
      .describe('When its models and node classes were last read.'),
    driver: z
      .object({
        worker_id: z.uuid().describe('The worker that holds the right to drive it.'),
        epoch: z.string().describe('How often that right has changed hands.'),
        until: moment().describe('When the right ends unless it is renewed.'),
      })
      .nullable()
      .describe('Who drives it now; null: nobody.'),
    seen_at: moment().nullable().describe('When it last answered.'),
    created_at: moment().describe('When it first came into the pool.'),
  })
  .meta({ id: 'Instance' });
export type Instance = z.infer<typeof Instance>;

/** `name:value` */
const LabelFilter = z
  .string()
  .regex(/^[^:]+:.+$/, 'Give name:value.')
  .transform((text) => {
    const end = text.indexOf(':');
    return { [text.slice(0, end)]: text.slice(end + 1) };
  });

/** Query of `GET /v1/instances`. */
export const ListInstances = z.strictObject({
  label: z
    .union([LabelFilter.transform((one) => [one]), z.array(LabelFilter).max(MAX_LABELS)])
    .optional()
    .describe('Only instances with this label, `name:value`. Several: those that have them all.')
    .meta({ example: 'gpu:4090' }),
  health: InstanceHealth.optional().describe('Only instances of this health.'),
  state: InstanceState.optional().describe('Only instances in this state.'),
  limit: z.coerce.number().int().min(1).max(100).default(20).describe('Size of a page.'),
  cursor: z.string().max(200).optional().describe('`next_cursor` of the page before.'),
});
export type ListInstances = z.infer<typeof ListInstances>;

/** A page of instances, newest first. */
export const InstancePage = z
  .object({
    data: z.array(Instance).describe('Newest first.'),
    next_cursor: z.string().nullable().describe('Send it as `cursor` for the next page.'),
    has_more: z.boolean().describe('Whether there is a next page.'),
  })
  .meta({ id: 'InstancePage' });

/** Path of one instance. */
export const InstanceParams = z.object({ id: z.string().describe('Name of the instance.') });

/** The secret that signs what an instance calls back. */
export const CallbackSecret = z
  .object({
    secret: z.string().describe('Shown once. Signs as Standard Webhooks has it.'),
    url: z.string().describe('Where the instance calls back.'),
  })
  .meta({ id: 'CallbackSecret' });

/** Body of `POST /v1/instances`. */
export const AddInstance = z
  .strictObject({
    url: plainText()
      .max(2000)
      .describe(
        'Where its ComfyUI listens, http or https. A path and the credentials of a proxy may stand in it; the ' +
          'credentials are kept and never shown.',
      ),
    name: instanceName().optional().describe('Name for people.'),
    labels: labels().default({}).describe('Words of yours, to find it by.'),
  })
  .meta({
    id: 'AddInstance',
    example: { url: 'http://gpu-7:8188', name: 'GPU 7', labels: { gpu: '4090' } },
  });
export type AddInstance = z.infer<typeof AddInstance>;

/** Body of `PATCH /v1/instances/{id}`. */
export const UpdateInstance = z
  .strictObject({
    name: instanceName().nullable().optional().describe('Name for people; null takes it away.'),
    labels: labels().optional().describe('All labels that it has from now on.'),
  })
  .meta({ id: 'UpdateInstance', example: { labels: { gpu: '4090', rack: 'b' } } });
export type UpdateInstance = z.infer<typeof UpdateInstance>;
