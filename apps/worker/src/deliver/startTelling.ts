import type { Database } from '@avatarforge/db';
import { createMailer } from '@avatarforge/mail';
import { createOutbound, parseAllowList } from '@avatarforge/net';
import type { LiveChannel } from '@avatarforge/queue';
import type { Logger, Releasers } from '@avatarforge/runtime';
import { startEventRelay } from '@avatarforge/services';
import type { ObjectStorage } from '@avatarforge/storage';
import type { WorkerConfig } from '../config';
import { Deliverer } from './deliverer';
import { Postman } from './postman';

const STOP_MS = 10_000;
const CLOSE_MS = 3000;

/** What telling works with. */
export interface TellingDeps {
  config: Pick<WorkerConfig, 'PUBLIC_URL' | 'SMTP_URL' | 'EMAIL_FROM' | 'OUTBOUND_ALLOW'>;
  database: Database;
  storage: ObjectStorage;
  /** Tells streams that there is news. */
  channel: Pick<LiveChannel, 'nudge'>;
  log: Logger;
}

/** Tells those who want to know what happened. Gives the call that says that something did; it returns at once. */
export function startTelling(deps: TellingDeps, releasers: Releasers): () => void {
  const { config, database, channel, log } = deps;
  const postman = startPostman(deps, releasers);
  const deliverer = startDeliverer(deps, releasers);
  const relay = startEventRelay({
    ...{ database, publicUrl: config.PUBLIC_URL },
    onRelayed({ made, written }) {
      channel.nudge();
      if (made > 0) deliverer.ring();
      if (written > 0) postman?.ring();
    },
    onError: (error) => {
      log.error({ err: error }, 'events could not be relayed');
    },
  });
  releasers.push('relay', () => relay.stop(), { timeoutMs: STOP_MS });
  return () => {
    relay.ring();
  };
}

function startDeliverer({ config, database, log }: TellingDeps, releasers: Releasers): Deliverer {
  const outbound = createOutbound({ allow: parseAllowList(config.OUTBOUND_ALLOW) });
  releasers.push('outbound', () => outbound.close(), { timeoutMs: CLOSE_MS });
  const deliverer = new Deliverer({ database, outbound, log });
  deliverer.start();
  // Cut off a little before the deadline: what is cut off has to come to its end.
  const stop = (deadline: AbortSignal) =>
    deliverer.stop(AbortSignal.any([deadline, AbortSignal.timeout(STOP_MS - CLOSE_MS)]));
  releasers.push('deliverer', stop, { timeoutMs: STOP_MS });
  return deliverer;
}

/** Null where there is no server to send letters through. */
function startPostman(
  { config, database, storage, log }: TellingDeps,
  releasers: Releasers,
): Postman | null {
  if (!config.SMTP_URL) return null;
  const mailer = createMailer({ url: config.SMTP_URL.reveal(), from: config.EMAIL_FROM });
  const postman = new Postman({ database, storage, mailer, publicUrl: config.PUBLIC_URL, log });
  postman.start();
  const stop = async () => {
    await postman.stop();
    mailer.close();
  };
  releasers.push('postman', stop, { timeoutMs: STOP_MS });
  return postman;
}
