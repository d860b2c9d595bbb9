import type { CreateGeneration } from '@avatarforge/contracts';
import { AppError, drawSeed, newId } from '@avatarforge/core';
import {
  findFile,
  insertGeneration,
  type Database,
  type FileRecord,
  type GenerationRecord,
} from '@avatarforge/db';
import type { Models, Workflow } from '@avatarforge/workflows';
import { requireScope, type ServiceContext } from '../context';
import { buildShots, type StartImage } from './buildShots';
import { chooseWorkflow } from './chooseWorkflow';

/** What creating a generation needs. */
export interface CreateGenerationDeps {
  database: Database;
  workflows: Map<string, Workflow>;
  models: Models;
  /** Tells workers that shots wait. Called after the commit and not waited for: a lost ring costs a second. */
  ringTickets: (tickets: { shotId: string; tries: number }[]) => void;
}

/**
 * Accepts a wish: binds it to a workflow, one graph for each shot, and writes all of it in one transaction.
 * Throws {@link AppError} `unknown_file` for a file that the caller does not have, `fallback_required` when the pool
 * cannot do exactly this and the request does not allow less, `validation_failed` when the workflow refuses a value.
 */
export async function createGeneration(
  deps: CreateGenerationDeps,
  { ctx, input }: { ctx: ServiceContext; input: CreateGeneration },
): Promise<GenerationRecord> {
  requireScope(ctx, 'generations:write');
  const pose = await getInputFile(deps.database, ctx, input, 'pose');
  const reference = await getInputFile(deps.database, ctx, input, 'reference');
  const choice = chooseWorkflow({ pose: pose !== null, reference: reference !== null });
  if (choice.notes.length > 0 && !input.allow_fallback) {
    throw new AppError(
      'fallback_required',
      `${choice.notes.join(' ')} Send "allow_fallback": true to accept this.`,
    );
  }

  const seed = input.seed ?? drawSeed();
  const negativePrompt = input.negative_prompt ?? deps.models.negative_prompt;
  const startFile = choice.startFrom && { pose, reference }[choice.startFrom];
  const shots = buildShots({
    input,
    seed,
    negativePrompt,
    workflow: getWorkflow(deps.workflows, choice.workflowId),
    models: deps.models,
    startImage: startFile && toStartImage(startFile),
  });
  const created = await insertGeneration(deps.database, {
    id: newId(),
    ownerId: ctx.userId,
    prompt: input.prompt,
    negativePrompt,
    inputs: toUsedInputs(input, seed),
    workflow: choice.workflowId,
    notes: choice.notes,
    files: toReferences({ pose, reference }),
    shots,
  });
  deps.ringTickets(shots.map((shot) => ({ shotId: shot.id, tries: 0 })));
  return created;
}

/** What is shown of the request beside the prompts, with the seed that was drawn. */
function toUsedInputs(input: CreateGeneration, seed: number): Record<string, unknown> {
  const shownElsewhere = ['prompt', 'negative_prompt', 'allow_fallback'];
  const used = Object.entries({ ...input, seed }).filter(
    ([name]) => !shownElsewhere.includes(name),
  );
  return Object.fromEntries(used);
}

async function getInputFile(
  database: Database,
  ctx: ServiceContext,
  input: CreateGeneration,
  role: 'pose' | 'reference',
): Promise<FileRecord | null> {
  const field = `${role}_file_id` as const;
  const id = input[field];
  if (id === undefined) return null;
  const file = await findFile(database, { id, ownerId: ctx.userId });
  if (!file) {
    throw new AppError('unknown_file', `${field}: you have no file ${id}. Upload it first.`, [
      { pointer: `/${field}`, message: 'This file does not exist.' },
    ]);
  }
  return file;
}

function getWorkflow(workflows: Map<string, Workflow>, id: string): Workflow {
  const workflow = workflows.get(id);
  if (!workflow) throw new Error(`the workflow library lacks ${id}`);
  return workflow;
}

const EXTENSIONS: Record<string, string> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/webp': 'webp',
};

function toStartImage({ sha256, mimeType, objectKey }: FileRecord): StartImage {
  return { filename: `${sha256}.${EXTENSIONS[mimeType] ?? 'png'}`, objectKey };
}

function toReferences(files: { pose: FileRecord | null; reference: FileRecord | null }) {
  return (['pose', 'reference'] as const).flatMap((role) => {
    const file = files[role];
    return file ? [{ fileId: file.id, role }] : [];
  });
}
