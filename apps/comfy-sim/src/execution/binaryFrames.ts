import { asciiJson } from '../json';
import type { SocketHub } from '../socket/hub';

export interface PreviewTarget {
  readonly nodeId: string;
  readonly promptId: string;
  readonly clientId: string | undefined;
}

const previewEvent = 1;
const previewWithMetadataEvent = 4;
const jpegFormat = 1;
const pngFormat = 2;
const textEvent = 3;

/** Sends a JPEG or PNG of the picture in the making, in the layout the client can read. */
export function sendPreview(
  hub: SocketHub,
  image: Buffer,
  target: PreviewTarget,
  withMetadata: boolean,
): void {
  const head = withMetadata
    ? [
        uint32(previewWithMetadataEvent),
        metadataOf(target, isPng(image) ? 'image/png' : 'image/jpeg'),
      ]
    : [uint32(previewEvent), uint32(isPng(image) ? pngFormat : jpegFormat)];
  hub.sendBinary(Buffer.concat([...head, image]), target.clientId);
}

/** A line of text about a node. */
export function textFrame(nodeId: string, text: string): Buffer {
  const id = Buffer.from(nodeId, 'utf8');
  return Buffer.concat([uint32(textEvent), uint32(id.length), id, Buffer.from(text, 'utf8')]);
}

function isPng(image: Buffer): boolean {
  return image[0] === 0x89;
}

function metadataOf({ nodeId, promptId }: PreviewTarget, image_type: string): Buffer {
  const ids = { node_id: nodeId, prompt_id: promptId, display_node_id: nodeId };
  const rest = { parent_node_id: null, real_node_id: nodeId, image_type };
  const json = Buffer.from(asciiJson({ ...ids, ...rest }), 'utf8');
  return Buffer.concat([uint32(json.length), json]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
