import { z } from 'zod';

/** "A shot waits, come and claim." Carries nothing but the id: the rest is in the database. */
export const ShotRun = z.strictObject({ shot_id: z.uuid() });

/** Every job there is, by name. */
export const catalog = { 'shot.run': { schema: ShotRun } } as const;

/** Braces keep the keys of a queue together on one node of a Redis cluster. */
export const KEY_PREFIX = '{avatarforge}';

/** The queue whose tickets the instances of this class answer. @throws when no queue may be called so. */
export function queueName(instanceClass: string): string {
  if (!/^[A-Za-z0-9_.-]+$/.test(instanceClass)) {
    throw new Error(`no queue can be named after the class ${JSON.stringify(instanceClass)}`);
  }
  return `shots-${instanceClass}`;
}

/** One ring for one try of a shot; ringing it again while it waits changes nothing. */
export interface Ticket {
  /** Of the instances that may take the shot; a shot that several may take has a ticket for each. */
  instanceClass: string;
  shotId: string;
  /** How often the shot has been tried before. */
  tries: number;
}

/** Where BullMQ finds the ticket again; its ids are neither numbers nor contain a colon. */
export function jobIdOf({ shotId, tries }: Pick<Ticket, 'shotId' | 'tries'>): string {
  return `${shotId}-${tries}`;
}
