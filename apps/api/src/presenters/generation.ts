import type { Generation, Output } from '@avatarforge/contracts';
import type { GenerationRecord, OutputRecord } from '@avatarforge/db';
import type { LiveProgress } from '@avatarforge/queue';
import { NO_OUTLOOK, type Outlook } from '@avatarforge/services';
import { contentUrl, generationUrl } from './urls';

/** What is known of a generation beside its record. */
interface Known {
  /** What is foreseen for it. */
  outlook?: Outlook | undefined;
  /** The last that was heard of each of its shots. */
  progress?: readonly LiveProgress[] | undefined;
}

/** A generation as v1 shows it. */
export function toGeneration(
  record: GenerationRecord,
  { outlook = NO_OUTLOOK, progress = [] }: Known = {},
): Generation {
  return {
    id: record.id,
    status: record.status,
    prompt: record.prompt,
    negative_prompt: record.negativePrompt,
    inputs: record.inputs,
    workflow: record.workflow,
    notes: record.notes,
    shots: { total: record.shotsTotal, done: record.shotsDone },
    progress: toProgress(record, progress),
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

/** A shot that is drawn counts as one, though it may not be stored yet. Of those heard of last, some may be stored since. */
function toProgress(
  { status, shotsTotal, shotsDone }: GenerationRecord,
  heard: readonly LiveProgress[],
): number | null {
  if (status === 'completed') return 1;
  if (status !== 'processing' || (heard.length === 0 && shotsDone === 0)) return null;
  const done = Math.max(shotsDone, heard.filter(({ share }) => share >= 1).length);
  const begun = heard.filter(({ share }) => share < 1).map(({ share }) => share);
  const drawn = begun.reduce((sum, share) => sum + share, 0);
  const share = Math.min(done + Math.min(drawn, shotsTotal - done), shotsTotal) / shotsTotal;
  return Math.round(share * 1000) / 1000;
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
