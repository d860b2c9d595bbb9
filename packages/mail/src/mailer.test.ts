import { afterTests, startSmtpSink, type SmtpSink } from '@avatarforge/testing';
import { composeLetter } from './composeLetter';
import { createMailer, type MailError, type Mailer } from './mailer';

const unsubscribeUrl = 'https://pool.example/unsubscribe/01980000-0000-7000-8000-000000000000';
const thumbnail = { cid: 'a', bytes: Buffer.from('jpeg') };
const ID = '01980000-0000-7000-8000-000000000001';

const completed = {
  type: 'generation.completed',
  timestamp: '2026-01-02T03:04:05.678Z',
  data: {
    ...{ id: ID, seq: 3, status: 'completed', batch_id: null, retry_of: null, error: null },
    shots: { total: 1, done: 1 },
    outputs: [
      {
        file_id: ID,
        url: `https://pool.example/v1/files/${ID}/content`,
        ...{ filename: 'x.png', view: null, seed: 1, mime_type: 'image/png', size: 9 },
        ...{ width: 64, height: 64 },
      },
    ],
    created_at: '2026-01-02T03:04:05.678Z',
    started_at: '2026-01-02T03:04:05.678Z',
    finished_at: '2026-01-02T03:04:05.678Z',
    urls: { self: `https://pool.example/v1/generations/${ID}` },
  },
};

let sink: SmtpSink;
let mailer: Mailer;

beforeAll(async () => {
  sink = await startSmtpSink();
  mailer = createMailer({ url: sink.url, from: 'AvatarForge <forge@pool.example>' });
  afterTests(() => {
    mailer.close();
    return Promise.resolve();
  });
});

const post = (to: string, event = 'generation.completed', body: unknown = completed) => {
  const letter = composeLetter(event, body, { unsubscribeUrl, thumbnails: ['a'] });
  return mailer.send({ to, letter, id: ID, unsubscribeUrl, thumbnails: [thumbnail] });
};

it('brings a letter in words and in HTML, with the picture, and a way out', async () => {
  await post('someone@example.com');
  const letter = sink.letters.at(-1);
  expect(letter).toMatchObject({
    subject: 'Your picture is ready',
    from: { text: '"AvatarForge" <forge@pool.example>' },
    to: { text: 'someone@example.com' },
    messageId: `<${ID}@avatarforge>`,
  });
  expect(letter?.text).toContain(`https://pool.example/v1/files/${ID}/content`);
  expect(letter?.text).toContain(unsubscribeUrl);
  // The parser puts the picture that goes with the letter in the place of its content id.
  expect(letter?.html).toContain(`data:image/jpeg;base64,${thumbnail.bytes.toString('base64')}`);
  expect(letter?.headers.get('list')).toMatchObject({ unsubscribe: { url: unsubscribeUrl } });
  const lines = letter?.headerLines.map(({ line }) => line);
  expect(lines).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click');
  expect(lines).toContain('Auto-Submitted: auto-generated');
});

it('tells why pictures could not be drawn, and lets nobody write HTML into the letter', async () => {
  const error = { code: 'node_error', message: '<img src=x onerror=alert(1)>' };
  const data = { ...completed.data, status: 'failed', error };
  await post('someone@example.com', 'generation.failed', {
    ...completed,
    type: 'generation.failed',
    data,
  });
  const letter = sink.letters.at(-1);
  expect(letter?.text).toContain('<img src=x onerror=alert(1)> (node_error)');
  expect(letter?.html).toContain('&lt;img src=x onerror=alert(1)&gt;');
});

it('writes one letter of a batch', () => {
  const data = {
    ...{ id: ID, total: 3, completed: 1, failed: 1, cancelled: 1 },
    generations: [
      { id: ID, status: 'completed' },
      { id: ID.replace(/1$/, '2'), status: 'failed' },
      { id: ID.replace(/1$/, '3'), status: 'cancelled' },
    ],
    created_at: completed.timestamp,
    finished_at: completed.timestamp,
    urls: { self: '/v1/batches/x' },
  };
  const body = { type: 'batch.completed', timestamp: completed.timestamp, data };
  const letter = composeLetter('batch.completed', body, { unsubscribeUrl, thumbnails: [] });
  expect(letter.subject).toBe('Your batch is over: 1 of 3 completed');
  expect(letter.text).toContain(`${ID.replace(/1$/, '2')} has failed.`);
  // An address without a host leads nowhere from a letter.
  expect(letter.html).not.toContain('href="/v1');
});

it.each([
  '"a, b"@example.com',
  'a@example.com\r\nBcc: b@example.com',
  'a@example.com, b@example.com',
])('takes %j for one address, or for none', async (address) => {
  const count = sink.recipients.length;
  const sent = await post(address).then(
    () => true,
    (error: unknown) => (error as MailError).isFinal,
  );
  expect(sent).toBe(true);
  const recipients = sink.recipients.slice(count);
  expect(recipients.length).toBeLessThanOrEqual(1);
  expect(recipients).not.toContain('b@example.com');
  expect(sink.letters.at(-1)?.bcc).toBeUndefined();
});

it.each([
  [550, true],
  [450, false],
])('says of a refusal with %i whether it is final', async (code, isFinal) => {
  const address = `refused-${code}@example.com`;
  sink.refuse(address, code);
  await expect(post(address)).rejects.toMatchObject({ name: 'MailError', isFinal });
});

it('may be tried again where no server answers', async () => {
  const nowhere = createMailer({ url: 'smtp://127.0.0.1:1', from: 'x@example.com' });
  const letter = composeLetter('generation.completed', completed, {
    unsubscribeUrl,
    thumbnails: [],
  });
  const sending = nowhere.send({ to: 'a@b.c', letter, id: ID, unsubscribeUrl, thumbnails: [] });
  await expect(sending).rejects.toMatchObject({ isFinal: false });
  nowhere.close();
});

it('writes nothing of other events', () => {
  const compose = () => composeLetter('generation.queued', {}, { unsubscribeUrl, thumbnails: [] });
  expect(compose).toThrow('no letter is written of generation.queued');
});
