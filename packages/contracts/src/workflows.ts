import { z } from 'zod';
import { CreateGeneration } from './generations';
import { GraphFault } from './problems';

const instances = (what: string) =>
  z.array(z.uuid()).describe(`Names of the instances that ${what}.`);

/** Body of `GET /v1/models`. */
export const ModelList = z
  .object({
    data: z
      .array(
        z.object({
          folder: z
            .string()
            .describe('Kind of model, as ComfyUI names its folder.')
            .meta({ example: 'checkpoints' }),
          name: z.string().describe('Name of the file, with its subfolder.'),
          instances: instances('have it'),
        }),
      )
      .describe('By folder and name.'),
    seen_at: z.iso
      .datetime()
      .nullable()
      .describe('When the instance seen longest ago was seen; null while none was.'),
  })
  .meta({ id: 'ModelList' });
export type ModelList = z.infer<typeof ModelList>;

/** An input of a workflow. */
export const WorkflowInputInfo = z
  .object({
    type: z
      .enum(['text', 'model', 'image', 'integer', 'number', 'choice'])
      .describe('What it takes; an image is the id of a file of yours.'),
    description: z.string().describe('What it does.'),
    default: z.unknown().optional().describe('Taken when nothing is given; absent: give a value.'),
    min: z.number().optional().describe('Smallest value.'),
    max: z.number().optional().describe('Largest value.'),
    options: z.array(z.string()).optional().describe('The values it may take.'),
  })
  .meta({ id: 'WorkflowInput' });

/** Body of `GET /v1/workflows`. */
export const WorkflowList = z
  .object({
    data: z
      .array(
        z.object({
          id: z.string().describe('Its name in requests.'),
          title: z.string().describe('What to call it.'),
          description: z.string().describe('What it draws.'),
          inputs: z.record(z.string(), WorkflowInputInfo).describe('By name.'),
          runnable_on: instances('can run it with its defaults'),
          missing: z.array(GraphFault).describe('What the nearest instance lacks, if none can.'),
        }),
      )
      .describe('By name.'),
  })
  .meta({ id: 'WorkflowList' });
export type WorkflowList = z.infer<typeof WorkflowList>;

/** Body of `POST /v1/workflows/validate`: what `POST /v1/generations` would be given. */
export const ValidateWorkflow = CreateGeneration;

/** What would become of a request. */
export const WorkflowValidation = z
  .object({
    valid: z.boolean().describe('Some instance can run all of it, as far as is known.'),
    workflow: z.string().describe('The workflow that would draw it; `graph` for one of your own.'),
    notes: z.array(z.string()).describe('What would be done differently from what is asked.'),
    runnable_on: instances('can run all of it'),
    faults: z.array(GraphFault).describe('What the nearest instance would refuse it for.'),
    checked_against: z.int().describe('Instances of which it is known what they can run.'),
  })
  .meta({ id: 'WorkflowValidation' });
export type WorkflowValidation = z.infer<typeof WorkflowValidation>;
