import { z } from 'zod';
import type { ComfyEvent, PreviewEvent } from './events';
import { parseJsonOrNull } from './json';

/** What a preview without ids shows: the latest node that the socket heard of. */
export type Subject = Pick<PreviewEvent, 'promptId' | 'nodeId'>;

const PREVIEW = 1;
const TEXT = 3;
const PREVIEW_WITH_METADATA = 4;

const Metadata = z.object({
  node_id: z.string(),
  prompt_id: z.string(),
  image_type: z.enum(['image/jpeg', 'image/png']),
});

/** The event of a binary frame; null when its kind is unknown or its layout broken. */
export function readBinaryFrame(frame: Buffer, subject: Subject): ComfyEvent | null {
  if (frame.length < 8) return null;
  const kind = frame.readUInt32BE(0);
  const head = frame.readUInt32BE(4);
  const body = frame.subarray(8);
  if (kind === PREVIEW) return { type: 'preview', ...subject, ...toPicture(head, body) };
  if (head > body.length) return null;
  const payload = { head: body.toString('utf8', 0, head), rest: body.subarray(head) };
  if (kind === TEXT) {
    return { type: 'text', nodeId: payload.head, text: payload.rest.toString('utf8') };
  }
  return kind === PREVIEW_WITH_METADATA ? toPreview(payload.head, payload.rest) : null;
}

function toPicture(format: number, bytes: Buffer): Pick<PreviewEvent, 'mediaType' | 'bytes'> {
  return { mediaType: format === 2 ? 'image/png' : 'image/jpeg', bytes };
}

function toPreview(head: string, bytes: Buffer): PreviewEvent | null {
  const metadata = Metadata.safeParse(parseJsonOrNull(head)).data;
  if (!metadata) return null;
  return {
    type: 'preview',
    promptId: metadata.prompt_id,
    nodeId: metadata.node_id,
    mediaType: metadata.image_type,
    bytes,
  };
}
