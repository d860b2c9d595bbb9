import { POSE_NAMES, type AvatarGeneration } from '@avatarforge/contracts';
import type { GenerationRecord, OutputRecord } from '@avatarforge/db';
import { originalFileUrl } from './urls';

/** A generation as the original contract shows it. */
export function toAvatarGeneration(record: GenerationRecord): AvatarGeneration {
  return {
    generation_id: record.id,
    status: record.status,
    message: [messageOf(record), ...record.notes].join(' '),
    workflow: record.workflow,
    output_files: record.outputs.map(toOutputFile),
    created_at: record.createdAt.toISOString(),
    started_at: record.startedAt?.toISOString() ?? null,
    completed_at: record.finishedAt?.toISOString() ?? null,
    error: record.error?.message ?? null,
    comfyui_prompt_id: record.promptId,
  };
}

function messageOf(record: GenerationRecord): string {
  const { status, shotsDone, shotsTotal, error } = record;
  const what = `Avatar generation${viewsOf(record)}`;
  switch (status) {
    case 'queued':
      return `${what} queued.`;
    case 'processing':
      return `${what} in progress: ${shotsDone} of ${shotsTotal} pictures done.`;
    case 'completed':
      return `${what} completed.`;
    case 'failed':
      return `${what} failed. ${error?.message ?? ''}`.trim();
    case 'cancelled':
      return `${what} cancelled.`;
    default:
      return status satisfies never;
  }
}

/** Which of the views it shows, in words. */
function viewsOf({ inputs }: GenerationRecord): string {
  const views = Array.isArray(inputs['views']) ? inputs['views'].map(String) : [];
  if (views.length === 0) return '';
  if (views.length === POSE_NAMES.length) return ' of all poses';
  return ` of the ${views.join(' and ')} pose`;
}

function toOutputFile(output: OutputRecord): AvatarGeneration['output_files'][number] {
  const { width, height } = output;
  return {
    filename: output.filename,
    url: originalFileUrl(output.fileId),
    pose_type: output.view,
    size: output.size,
    dimensions: width === null || height === null ? null : { width, height },
  };
}
