import type { Generation, Output } from '@avatarforge/contracts';
import type { GenerationRecord, OutputRecord } from '@avatarforge/db';
import { contentUrl, generationUrl } from './urls';

/** A generation as v1 shows it. */
export function toGeneration(record: GenerationRecord): Generation {
  return {
    id: record.id,
    status: record.status,
    prompt: record.prompt,
    negative_prompt: record.negativePrompt,
    inputs: record.inputs,
    workflow: record.workflow,
    notes: record.notes,
    shots: { total: record.shotsTotal, done: record.shotsDone },
    outputs: record.outputs.map(toOutput),
    error: record.error,
    created_at: record.createdAt.toISOString(),
    started_at: record.startedAt?.toISOString() ?? null,
    finished_at: record.finishedAt?.toISOString() ?? null,
    cancel_requested: record.isCancelRequested,
    retry_of: record.retryOf,
    urls: { self: generationUrl(record.id) },
  };
}

function toOutput(output: OutputRecord): Output {
  return {
    file_id: output.fileId,
    url: contentUrl(output.fileId),
    filename: output.filename,
    view: output.view,
    seed: output.seed,
    mime_type: output.mimeType,
    size: output.size,
    width: output.width,
    height: output.height,
  };
}
