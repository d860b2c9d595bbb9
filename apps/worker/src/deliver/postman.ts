import { composeLetter, MailError, type Mailer } from '@avatarforge/mail';
import {
  claimEmail,
  markEmailSent,
  postponeEmail,
  type Database,
  type EmailClaim,
} from '@avatarforge/db';
import { backoff, type Logger } from '@avatarforge/runtime';
import { thumbnailsOf } from '@avatarforge/services';
import type { ObjectStorage } from '@avatarforge/storage';
import { Wake } from '../wake';

const POLL_MS = 2000;
const AT_ONCE = 3;
/** After this, nobody waits for the letter any more: it is tried for about a day. */
const MAX_TRIES = 12;
const retryWait = backoff({ baseMs: 30_000, maxMs: 4 * 3_600_000, jitter: 0.2 });

/** What the postman works with. */
export interface PostmanDeps {
  database: Database;
  storage: ObjectStorage;
  mailer: Mailer;
  /** Where this installation is reached. */
  publicUrl: string;
  log: Logger;
}

/** Sends the letters that are due. Due times live in Postgres. */
export class Postman {
  private readonly wake = new Wake();
  private readonly stopping = new AbortController();
  private readonly running = new Set<Promise<void>>();
  private working: Promise<void> = Promise.resolve();

  constructor(private readonly deps: PostmanDeps) {}

  start(): void {
    this.working = this.work(this.stopping.signal);
  }

  /** There are letters to send: do not wait for the next look. */
  ring(): void {
    this.wake.now();
  }

  /** Finishes the letters at hand and begins no other. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.working;
    await Promise.all(this.running);
  }

  private async work(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const claim = this.running.size < AT_ONCE ? await this.claim() : null;
      if (claim) this.run(claim);
      else await this.wake.wait(POLL_MS, signal);
    }
  }

  private async claim(): Promise<EmailClaim | null> {
    try {
      return await claimEmail(this.deps.database);
    } catch (error) {
      this.deps.log.error({ err: error }, 'no letter could be claimed');
      return null;
    }
  }

  private run(claim: EmailClaim): void {
    const run = this.send(claim)
      // The claim runs out by itself.
      .catch((error: unknown) => {
        this.deps.log.error({ err: error, email_id: claim.id }, 'letter could not be recorded');
      })
      .finally(() => {
        this.running.delete(run);
        this.wake.now();
      });
    this.running.add(run);
  }

  private async send(claim: EmailClaim): Promise<void> {
    const { database, mailer, publicUrl, log } = this.deps;
    const { id, event, body, address, tries, token } = claim;
    try {
      const thumbnails = await thumbnailsOf(this.deps, claim);
      const unsubscribeUrl = `${publicUrl}/unsubscribe/${token}`;
      const context = { unsubscribeUrl, thumbnails: thumbnails.map(({ cid }) => cid) };
      const letter = composeLetter(event, body, context);
      await mailer.send({ to: address, letter, id, unsubscribeUrl, thumbnails });
    } catch (error) {
      const isOver = tries >= MAX_TRIES || (error instanceof MailError && error.isFinal);
      log.warn({ err: error, email_id: id, tries, is_over: isOver }, 'letter was not taken');
      const message = error instanceof MailError ? error.message : 'It could not be written.';
      const delayMs = isOver ? null : retryWait(tries - 1);
      await postponeEmail(database, claim, { delayMs, error: message });
      return;
    }
    await markEmailSent(database, claim);
    log.info({ email_id: id, event }, 'letter sent');
  }
}
