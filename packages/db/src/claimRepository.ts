import { newId, type Choice, type Graph } from '@avatarforge/core';
import { DatabaseError } from 'pg';
import type { Database } from './database';
import type { Lease } from './leaseRepository';
import type { ShotUpload } from './newGenerationRepository';

/** A shot just claimed for an instance. */
export interface ClaimedAttempt {
  /** The prompt_id, posted at most once, ever. */
  attemptId: string;
  shotId: string;
  /** Its place in the generation, from 0. */
  shotOrdinal: number;
  generationId: string;
  ownerId: string;
  requirement: string;
  lane: string;
  /** What it is thought to take, milliseconds of GPU time. */
  estMs: number;
  /** Earlier tries: with the shot's id, the name of its ticket. */
  tries: number;
  graph: Graph;
  uploads: ShotUpload[];
}

/** What the policy chose, and what a claim checks and writes with it. */
export interface ClaimChoice extends Choice {
  /** What the shot is thought to take, milliseconds of GPU time. */
  estMs: number;
  /** Other instances that had the lane's models when it was chosen: if there are more by now, a cold start is not worth it. */
  warmElsewhere: number;
}

/**
 * Claims up to `count` waiting shots for the instance of `lease`, by `choices` in turn.
 * Returns `null` when the lease is lost: drop the instance without any further side effect.
 */
export async function claimShots(
  db: Database,
  claim: {
    workerId: string;
    lease: Lease;
    clientId: string;
    count: number;
    choices: ClaimChoice[];
  },
): Promise<ClaimedAttempt[] | null> {
  const { workerId, lease, clientId, count, choices } = claim;
  const ids = Array.from({ length: count }, () => newId());
  try {
    return await db.query(
      `SELECT c.attempt_id AS "attemptId", c.shot_id AS "shotId", s.ordinal AS "shotOrdinal",
           c.generation_id AS "generationId", c.owner_id AS "ownerId", c.requirement, c.lane, c.est_ms AS "estMs", c.tries,
           c.graph, c.uploads
         FROM claim_shots($1, $2, $3, $4, $5, $6) c JOIN shots s ON s.id = c.shot_id`,
      [lease.instanceId, lease.epoch, workerId, clientId, ids, JSON.stringify(choices.map(toRow))],
    );
  } catch (error) {
    if (error instanceof DatabaseError && error.code === 'AF001') return null;
    throw error;
  }
}

function toRow(choice: ClaimChoice): Record<string, unknown> {
  const { requirement, lane, ownerId, limit, placement, isCold, estMs, warmElsewhere } = choice;
  return {
    ...{ requirement, lane, limit, placement },
    owner_id: ownerId,
    is_cold: isCold,
    est_ms: Math.round(estMs),
    warm_elsewhere: warmElsewhere,
  };
}
