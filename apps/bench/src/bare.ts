// The floor of `submit`: what accepting work costs with Express, one row and one job of BullMQ, and nothing else.
import type { AddressInfo } from 'node:net';
import { newId } from '@avatarforge/core';
import { Queue } from 'bullmq';
import express from 'express';
import { Pool } from 'pg';

/** What it is told to begin with. */
export type BareOrder = Record<'databaseUrl' | 'redisUrl' | 'ownerId', string>;

process.once('message', ({ databaseUrl, redisUrl, ownerId }: BareOrder) => {
  const pool = new Pool({ connectionString: databaseUrl, max: 10 });
  const queue = new Queue('bare', { connection: { url: redisUrl } });
  const app = express().use(express.json());
  app.post('/generations', async (req, res) => {
    const { prompt, ...inputs } = req.body as { prompt: string };
    const id = newId();
    await pool.query(
      `INSERT INTO generations (id, owner_id, prompt, negative_prompt, inputs, workflow, notes, shots_total)
         VALUES ($1, $2, $3, '', $4, 'bare', '{}', 1)`,
      [id, ownerId, prompt, JSON.stringify(inputs)],
    );
    await queue.add('run', { id });
    res.status(202).json({ id, status: 'queued' });
  });
  const server = app.listen(0, '127.0.0.1', () => {
    process.send?.((server.address() as AddressInfo).port);
  });
});
