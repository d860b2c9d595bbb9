import { extname } from 'node:path';
import { createComfyClient } from '@avatarforge/comfy';
import type { FinalizeClaim } from '@avatarforge/db';
import type { FetchedOutput } from '@avatarforge/services';

const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;
const FETCH_MS = 30_000;

/** The instance answers, and does not have the file. */
export class OutputMissingError extends Error {
  override readonly name = 'OutputMissingError';
}

/** The outputs of an executed attempt, each to be fetched when its turn comes. */
export function toFetchedOutputs(claim: FinalizeClaim): FetchedOutput[] {
  const comfy = createComfyClient({ baseUrl: claim.instanceUrl });
  return claim.manifest.map((output, index) => {
    const name = nameOf(claim, index);
    if (!('filename' in output)) return toTextFile(name, output.text);
    return {
      filename: name + extname(output.filename),
      async fetch() {
        const limits = { maxBytes: MAX_OUTPUT_BYTES, timeoutMs: FETCH_MS };
        const file = await comfy.fetchOutput(output, limits);
        if (!file) throw new OutputMissingError(`The instance no longer has ${output.filename}.`);
        return file.bytes;
      },
    };
  });
}

/** A text that a node showed is in no file on the instance. */
function toTextFile(name: string, text: string): FetchedOutput {
  return { filename: `${name}.txt`, fetch: () => Promise.resolve(Buffer.from(text)) };
}

/** What a client saves the picture as: generation, number of the shot, its view, and a number where it made several. */
function nameOf(
  { generationId, shotOrdinal, view, manifest }: FinalizeClaim,
  index: number,
): string {
  const parts = [generationId, shotOrdinal + 1, view, manifest.length > 1 && index + 1];
  return parts.filter((part) => part !== null && part !== false).join('_');
}
