import type { AvatarGeneration } from '@avatarforge/contracts';
import type { GenerationRecord, OutputRecord } from '@avatarforge/db';
import { fileUrl } from './urls';

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

function messageOf({ status, shotsDone, shotsTotal, error }: GenerationRecord): string {
  switch (status) {
    case 'queued':
      return 'Avatar generation queued.';
    case 'processing':
      return `Avatar generation in progress: ${shotsDone} of ${shotsTotal} pictures done.`;
    case 'completed':
      return 'Avatar generation completed.';
    case 'failed':
      return `Avatar generation failed. ${error?.message ?? ''}`.trim();
    case 'cancelled':
      return 'Avatar generation cancelled.';
    default:
      return status satisfies never;
  }
}

function toOutputFile(output: OutputRecord): AvatarGeneration['output_files'][number] {
  const { width, height } = output;
  return {
    filename: output.filename,
    url: fileUrl(output.fileId),
    pose_type: output.view,
    size: output.size,
    dimensions: width === null || height === null ? null : { width, height },
  };
}
