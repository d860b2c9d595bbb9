import type { Database } from '@avatarforge/db';
import { waitUntil } from '@avatarforge/embedded';
import type { ObjectStorage } from '@avatarforge/storage';
import type { Canary } from '../options';

const RERUN_MS = 60_000;

/** What a canary is planted in. */
export interface Victim {
  database: Database;
  storage: ObjectStorage;
  /** Past its cable: where a run can be repeated. */
  instanceUrl: string;
}

/** Does behind the system's back what must never happen, after a run that was well. Gives what was done. */
export function plantCanary(canary: Canary, victim: Victim): Promise<string> {
  return CANARIES[canary](victim);
}

const CANARIES: Record<Canary, (victim: Victim) => Promise<string>> = {
  'lose-one': async ({ database, storage }) => {
    const [picture] = await database.query<{ object_key: string }>(
      `SELECT b.object_key FROM generation_outputs o JOIN files f ON f.id = o.file_id
         JOIN blobs b ON b.sha256 = f.sha256 LIMIT 1`,
    );
    if (!picture) throw new Error('there is no picture to lose');
    await storage.delete(picture.object_key);
    return `object ${picture.object_key} of a finished generation was deleted`;
  },
  'duplicate-one': async ({ database }) => {
    const [shot] = await database.query<{ generation_id: string }>(
      `INSERT INTO generation_outputs (shot_id, ordinal, generation_id, file_id)
         SELECT shot_id, ordinal + 1, generation_id, file_id FROM generation_outputs LIMIT 1
       RETURNING generation_id`,
    );
    if (!shot) throw new Error('there is no picture to publish twice');
    return `a picture of generation ${shot.generation_id} was published twice`;
  },
  'rerun-one': async ({ database, instanceUrl }) => {
    const [attempt] = await database.query<{ id: string; graph: object }>(
      `SELECT a.id, s.graph FROM attempts a JOIN shot_graphs s USING (shot_id)
        WHERE a.state = 'stored' AND s.uploads = '[]' LIMIT 1`,
    );
    if (!attempt) throw new Error('there is no run to repeat');
    const answer = await fetch(`${instanceUrl}/prompt`, {
      method: 'POST',
      body: JSON.stringify({ prompt_id: attempt.id, prompt: attempt.graph }),
    });
    if (!answer.ok) throw new Error(`the run was not repeated: ${await answer.text()}`);
    await waitUntil(() => isIdle(instanceUrl), { timeoutMs: RERUN_MS });
    return `attempt ${attempt.id} was drawn once more`;
  },
};

async function isIdle(instanceUrl: string): Promise<boolean> {
  const answer = await fetch(`${instanceUrl}/prompt`);
  const { exec_info: info } = (await answer.json()) as { exec_info: { queue_remaining: number } };
  return info.queue_remaining === 0;
}
