import { withContext, context } from './context';
import { createLogger } from './logger';
import { Secret } from './secret';

function logged(write: (log: ReturnType<typeof createLogger>) => void): Record<string, unknown> {
  let line = '';
  const destination = { write: (text: string) => void (line += text) };
  write(createLogger({ name: 'api', level: 'info', destination }));
  return JSON.parse(line) as Record<string, unknown>;
}

describe('createLogger', () => {
  it('writes one JSON line with the level by name and the time as a date', () => {
    const line = logged((log) => {
      log.debug('below the level');
      log.info({ status: 202 }, 'request done');
    });
    expect(line).toMatchObject({ level: 'info', name: 'api', status: 202, msg: 'request done' });
    expect(line['time']).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  it('hides keys, cookies, signatures, secrets and prompt text, also further in', () => {
    const line = logged((log) => {
      log.info({
        authorization: 'hide-1',
        req: { headers: { 'x-api-key': 'hide-2', cookie: 'hide-3', accept: 'shown' } },
        endpoint: { secret: 'hide-4', id: 'shown' },
        inputs: { prompt: 'hide-5' },
        signature: 'hide-6',
        key: new Secret('hide-7'),
      });
    });
    expect(JSON.stringify(line)).not.toContain('hide-');
    expect(JSON.stringify(line).match(/shown/g)).toHaveLength(2);
  });

  it('writes an error with its type, message and cause', () => {
    const err = new TypeError('outer', { cause: new Error('inner') });
    expect(
      logged((log) => {
        log.error({ err }, 'failed');
      })['err'],
    ).toMatchObject({
      type: 'TypeError',
      message: expect.stringContaining('outer') as string,
      stack: expect.stringContaining('inner') as string,
    });
  });

  it('adds the context of the work, which the fields of a line may override but not change', () => {
    withContext({ request_id: 'r1', user_id: 'u1' }, () => {
      withContext({ user_id: 'u2' }, () => {
        expect(
          logged((log) => {
            log.info({ request_id: 'r9' }, 'x');
          }),
        ).toMatchObject({
          request_id: 'r9',
          user_id: 'u2',
        });
        expect(context()).toEqual({ request_id: 'r1', user_id: 'u2' });
      });
    });
    expect(context()).toEqual({});
  });

  it('carries the context over an await', async () => {
    await withContext({ attempt_id: 'a1' }, async () => {
      await Promise.resolve();
      expect(context()).toEqual({ attempt_id: 'a1' });
    });
  });
});
