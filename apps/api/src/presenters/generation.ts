import type { Generation, Output } from '@avatarforge/contracts';
import type { GenerationRecord, OutputRecord } from '@avatarforge/db';
import { NO_OUTLOOK, type Outlook } from '@avatarforge/services';
import { contentUrl, generationUrl } from './urls';

/** A generation as v1 shows it. `outlook`: what is foreseen for it. */
export function toGeneration(record: GenerationRecord, outlook: Outlook = NO_OUTLOOK): Generation {
  return {
    id: record.id,
    status: record.status,
    prompt: record.prompt,
    negative_prompt: record.negativePrompt,
    inputs: record.inputs,
    workflow: record.workflow,
    notes: record.notes,
    shots: { total: record.shotsTotal, done: record.shotsDone },
    priority: record.priority,
    queue_position: outlook.queuePosition,
    eta_seconds: outlook.etaMs === null ? null : Math.ceil(outlook.etaMs / 1000),
    waiting_reason: outlook.waitingReason,
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
