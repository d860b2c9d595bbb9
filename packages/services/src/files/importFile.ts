import { Readable } from 'node:stream';
import { IMAGE_LIMITS, type ImportFile } from '@avatarforge/contracts';
import { AppError } from '@avatarforge/core';
import type { FileRecord } from '@avatarforge/db';
import { OutboundError, type Outbound, type OutboundHead } from '@avatarforge/net';
import { requireScope, type ServiceContext } from '../context';
import { receiveFile, type ReceivedFile } from './receiveFile';
import { uploadFile, type UploadFileDeps } from './uploadFile';

/** What fetching pictures works with. */
export interface ImportFileDeps extends UploadFileDeps {
  outbound: Outbound;
  /** Where what arrives is kept until it is stored. */
  uploadFolder: string;
}

const LIMITS = { maxBytes: IMAGE_LIMITS.maxBytes, maxRedirects: 3, timeoutMs: 15_000 };
const ACCEPT = IMAGE_LIMITS.mimeTypes.join(', ');
/** What may be a picture, by its header; what it is, its bytes decide. */
const MAYBE_PICTURE = /^(image\/|(application|binary)\/octet-stream|$)/i;

/**
 * Fetches a picture and stores it as `uploadFile` does.
 * @throws AppError url_not_fetched, and what `uploadFile` throws
 */
export async function importFile(
  deps: ImportFileDeps,
  { ctx, input }: { ctx: ServiceContext; input: ImportFile },
): Promise<{ file: FileRecord; isDuplicate: boolean }> {
  requireScope(ctx, 'files:write');
  const received = await fetchPicture(deps, input.url);
  try {
    const upload = { ...received, filename: nameIn(input.url), kind: input.kind };
    return await uploadFile(deps, { ctx, upload });
  } finally {
    await received.remove();
  }
}

async function fetchPicture(
  { outbound, uploadFolder }: ImportFileDeps,
  url: string,
): Promise<ReceivedFile> {
  try {
    return await outbound.download(
      { url, headers: { accept: ACCEPT }, ...LIMITS },
      (head, body) => {
        refuseOthers(head);
        return receiveFile(Readable.from(body), uploadFolder);
      },
    );
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
    throw new AppError('url_not_fetched', describe(error));
  }
}

function refuseOthers({ status, headers }: OutboundHead): void {
  if (status !== 200) {
    throw new AppError('url_not_fetched', `The host answered with status ${status}.`);
  }
  const type = headers['content-type']?.split(';')[0]?.trim() ?? '';
  if (MAYBE_PICTURE.test(type)) return;
  const given = /^[\w.+/-]{1,60}$/.test(type) ? type : 'something else';
  throw new AppError(
    'unsupported_media_type',
    `The host answered with ${given}, not with a picture. Send PNG, JPEG or WEBP.`,
  );
}

function describe({ code, message }: OutboundError): string {
  const megabytes = IMAGE_LIMITS.maxBytes / 1024 ** 2;
  return code === 'too_large' ? `The picture is larger than ${megabytes} MB.` : message;
}

/** The last part of a path, as people would write it. */
function nameIn(url: string): string {
  const name = new URL(url).pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
