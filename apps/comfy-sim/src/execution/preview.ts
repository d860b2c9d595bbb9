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

/** Sends a JPEG of the picture in the making, in the layout the client can read. */
export function sendPreview(
  hub: SocketHub,
  jpeg: Buffer,
  target: PreviewTarget,
  withMetadata: boolean,
): void {
  const head = withMetadata
    ? [uint32(previewWithMetadataEvent), metadataOf(target)]
    : [uint32(previewEvent), uint32(jpegFormat)];
  hub.sendBinary(Buffer.concat([...head, jpeg]), target.clientId);
}

function metadataOf({ nodeId, promptId }: PreviewTarget): Buffer {
  const ids = { node_id: nodeId, prompt_id: promptId, display_node_id: nodeId };
  const rest = { parent_node_id: null, real_node_id: nodeId, image_type: 'image/jpeg' };
  const json = Buffer.from(asciiJson({ ...ids, ...rest }), 'utf8');
  return Buffer.concat([uint32(json.length), json]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
