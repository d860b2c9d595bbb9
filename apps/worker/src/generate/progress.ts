import type { ComfyEvent, PreviewEvent } from '@avatarforge/comfy';
import { noteProgress, type ClaimedAttempt } from '@avatarforge/db';
import type { Session } from './session';
import { ShotProgress } from './shotProgress';

/** Four a second. */
const PROGRESS_MS = 250;
/** Two a second. */
const PREVIEW_MS = 500;
const MAX_PREVIEW_BYTES = 256 * 1024;

/** Tells those who watch how far the shot of one prompt is, by what ComfyUI says of it. Nothing waits for that. */
export class ProgressReporter {
  private readonly shot: ShotProgress;
  private toldAt = -Infinity;
  private previewedAt = -Infinity;
  private quarters = 0;
  private noting: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly session: Pick<Session, 'channel' | 'database' | 'log' | 'relayEvents'>,
    private readonly attempt: Pick<
      ClaimedAttempt,
      'generationId' | 'ownerId' | 'shotOrdinal' | 'graph'
    >,
  ) {
    this.shot = new ShotProgress(attempt.graph);
  }

  hear(event: ComfyEvent): void {
    if (event.type === 'preview') this.show(event);
    else if (this.shot.hear(event)) this.changed();
  }

  /** Tells nothing more; what was held back is out of date. */
  stop(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
  }

  /** The last of several that come at once is told in the end; that it is drawn, at once. */
  private changed(): void {
    const waitMs = this.toldAt + PROGRESS_MS - performance.now();
    if (waitMs <= 0 || this.shot.share === 1) this.tell();
    else {
      this.timer ??= setTimeout(() => {
        this.tell();
      }, waitMs);
    }
  }

  private tell(): void {
    this.stop();
    this.toldAt = performance.now();
    const { ownerId, generationId } = this.attempt;
    const { share, node, step, steps } = this.shot;
    const progress = {
      ...this.subject(),
      share: Math.round(share * 1000) / 1000,
      node,
      step,
      steps,
    };
    // It never rejects, and who watches is not worth waiting for.
    void this.session.channel.publish(ownerId, progress);
    const quarters = Math.floor(share * 4);
    if (quarters <= this.quarters) return;
    this.quarters = quarters;
    this.noting = this.noting.then(() => this.note(generationId, share));
  }

  private async note(generationId: string, share: number): Promise<void> {
    const { database, relayEvents, log } = this.session;
    try {
      if (await noteProgress(database, { generationId, share })) relayEvents();
    } catch (error) {
      log.warn({ generation_id: generationId, err: error }, 'progress could not be noted');
    }
  }

  private show({ mediaType, bytes }: PreviewEvent): void {
    const at = performance.now();
    if (at - this.previewedAt < PREVIEW_MS || bytes.length > MAX_PREVIEW_BYTES) return;
    this.previewedAt = at;
    const preview = { ...this.subject(), mime_type: mediaType, bytes };
    void this.session.channel.publishPreview(this.attempt.ownerId, preview);
  }

  private subject() {
    const { generationId, shotOrdinal } = this.attempt;
    return { generation_id: generationId, shot: shotOrdinal, at: new Date().toISOString() };
  }
}
