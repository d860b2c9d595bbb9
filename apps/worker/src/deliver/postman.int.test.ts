import { afterTests, eventually, startSmtpSink, type SmtpSink } from '@avatarforge/testing';
import { givenSystem, type System } from '../fixtures/givenSystem';

let system: System;
let sink: SmtpSink;

beforeAll(async () => {
  system = await givenSystem();
  sink = await startSmtpSink();
  const worker = await system.startWorker({
    SMTP_URL: sink.url,
    EMAIL_FROM: 'AvatarForge <forge@pool.example>',
    PUBLIC_URL: 'https://pool.example',
  });
  afterTests(() => worker.release());
});

const lettersTo = (address: string) =>
  sink.letters.filter(({ to }) => to && !Array.isArray(to) && to.text === address);

const statusOf = async (address: string) => {
  const [email] = await system.database.query<{ status: string; tries: number; error: string }>(
    'SELECT status, tries, error FROM emails WHERE address = $1',
    [address],
  );
  return email ?? null;
};

it('writes when the pictures are there, with a small one of them', async () => {
  const { id } = await system.create({ notify_email: 'ann@example.com' });
  await system.final(id);
  const [letter] = await eventually(() => {
    const found = lettersTo('ann@example.com');
    return found.length > 0 && found;
  });
  expect(letter?.subject).toBe('Your picture is ready');
  expect(letter?.text).toContain(`https://pool.example/v1/generations/${id}`);
  expect(letter?.html).toMatch(/data:image\/jpeg;base64,\/9j\//);
  await eventually(async () => (await statusOf('ann@example.com'))?.status === 'sent');
});

it('writes no more to who has had enough', async () => {
  const [token] = await system.database.query<{ token: string }>(
    `UPDATE email_addresses SET unsubscribed_at = now() WHERE address = 'ann@example.com' RETURNING token`,
  );
  expect(token).toBeDefined();
  const { id } = await system.create({ notify_email: 'Ann@Example.com' });
  await system.final(id);
  await eventually(async () => (await statusOf('Ann@Example.com'))?.status === 'unwanted');
  expect(lettersTo('Ann@Example.com')).toEqual([]);
});

it('tries again where the server has no time, and gives up where it will not', async () => {
  sink.refuse('busy@example.com', 451);
  sink.refuse('never@example.com', 550);
  for (const notify_email of ['busy@example.com', 'never@example.com']) {
    const { id } = await system.create({ notify_email });
    await system.final(id);
  }
  const never = await eventually(async () => {
    const email = await statusOf('never@example.com');
    return email?.status === 'failed' && email;
  });
  expect(never).toMatchObject({ tries: 1, error: expect.stringContaining('550') as string });
  await eventually(async () => (await statusOf('busy@example.com'))?.error != null);
  sink.accept('busy@example.com');
  await system.database.query(`UPDATE emails SET next_at = now() WHERE status = 'pending'`);
  const busy = await eventually(async () => {
    const email = await statusOf('busy@example.com');
    return email?.status === 'sent' && email;
  });
  expect(busy.tries).toBe(2);
  expect(lettersTo('busy@example.com')).toHaveLength(1);
});

it('sends a letter that was claimed before and never finished, when its time has come', async () => {
  await system.database.query(
    `INSERT INTO emails (owner_id, address, event, body, tries, next_at)
       SELECT owner_id, 'kim@example.com', event, body, 1, now() FROM emails LIMIT 1`,
  );
  await eventually(() => lettersTo('kim@example.com').length === 1);
});
