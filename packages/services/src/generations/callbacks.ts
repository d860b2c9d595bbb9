import type { CreateGeneration } from '@avatarforge/contracts';
import { AppError } from '@avatarforge/core';
import { ensureDefaultEndpoint, type Database, type NewGeneration } from '@avatarforge/db';
import { newSecret } from '@avatarforge/webhooks';
import type { ServiceContext } from '../context';

/** What telling callers depends on. */
export interface CallbackDeps {
  database: Database;
  /** Why no webhook may be sent to this address, or null when one may. */
  refuseWebhookUrl: (url: string) => string | null;
  /** Whether this installation can send email. */
  canEmail: boolean;
}

/** How a request says that its sender wants to be told. */
type Asked = Pick<CreateGeneration, 'webhook_url' | 'webhook_events' | 'notify_email'>;

const USUAL_EVENTS = ['generation.completed', 'generation.failed', 'generation.cancelled'];

/**
 * How the sender of a request is told what becomes of it. Throws {@link AppError} `validation_failed` for what this
 * installation cannot do.
 */
export async function prepareCallbacks(
  deps: CallbackDeps,
  { ctx, input }: { ctx: ServiceContext; input: Asked },
): Promise<NonNullable<NewGeneration['callbacks']>> {
  const { webhook_url: webhookUrl = null, webhook_events, notify_email: email = null } = input;
  const refusal = webhookUrl === null ? null : deps.refuseWebhookUrl(webhookUrl);
  if (refusal !== null) throw refuse('/webhook_url', refusal);
  if (email !== null && !deps.canEmail) {
    throw refuse('/notify_email', 'This service sends no email: its operator can set SMTP_URL.');
  }
  // Its secret signs what the address is told.
  if (webhookUrl !== null) {
    await ensureDefaultEndpoint(deps.database, { ownerId: ctx.userId, secret: newSecret('v1') });
  }
  return {
    webhookUrl,
    webhookEvents: webhookUrl === null ? [] : (webhook_events ?? USUAL_EVENTS),
    notifyEmail: email,
  };
}

/** The part of a request that says how its sender wants to be told. */
export function askedCallbacks({ webhook_url, webhook_events, notify_email }: Asked): Asked {
  return {
    ...(webhook_url !== undefined && { webhook_url }),
    ...(webhook_events && { webhook_events }),
    ...(notify_email !== undefined && { notify_email }),
  };
}

function refuse(pointer: string, message: string): AppError {
  return new AppError('validation_failed', `${pointer}: ${message}`, [{ pointer, message }]);
}
