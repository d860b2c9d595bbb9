import { randomBytes } from 'node:crypto';
import { AppError, isId } from '@avatarforge/core';
import { findCallbackSecret, saveCallbackSecret, type Database } from '@avatarforge/db';
import { verifySignature, type Signed } from '@avatarforge/webhooks';
import { requireScope, type ServiceContext } from '../context';
import { noInstance } from './getInstance';

/** A new secret for what an instance calls back; an earlier one is worth nothing from now on. Throws {@link AppError} `not_found`. */
export async function rotateCallbackSecret(
  { database }: { database: Database },
  { ctx, id }: { ctx: ServiceContext; id: string },
): Promise<string> {
  requireScope(ctx, 'admin');
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  if (!isId(id) || !(await saveCallbackSecret(database, { id, secret }))) throw noInstance(id);
  return secret;
}

/**
 * Believes that an instance called back. What it says is not looked at: it is only a reason to look at the instance sooner.
 * Throws {@link AppError} `bad_signature`, also where there is no such instance, or it has no secret.
 */
export async function requireInstanceCallback(
  { database }: { database: Database },
  { id, signed }: { id: string; signed: Signed },
): Promise<void> {
  const secret = isId(id) ? await findCallbackSecret(database, id) : null;
  if (secret !== null && verifySignature(secret, signed)) return;
  throw new AppError(
    'bad_signature',
    'Sign the body as Standard Webhooks has it, with the secret that POST /v1/instances/{id}/callback-secret gives.',
  );
}
