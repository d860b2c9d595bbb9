import { DeadlineError } from './deadline';
import { createReleasers, withReleasers, type Releasers } from './releasers';

const timeoutMs = 1000;

function pushNamed(releasers: Releasers, names: string[], released: string[]): void {
  for (const name of names) {
    releasers.push(name, async () => Promise.resolve(released.push(name)), { timeoutMs });
  }
}

describe('createReleasers', () => {
  it('releases in reverse order', async () => {
    const released: string[] = [];
    const releasers = createReleasers();
    pushNamed(releasers, ['database', 'queue', 'server'], released);
    await releasers.release();
    expect(released).toEqual(['server', 'queue', 'database']);
  });

  it('releases the rest after a failure, tells of every failure and throws the first', async () => {
    const released: string[] = [];
    const failed: unknown[] = [];
    const releasers = createReleasers({ log: { error: (fields: unknown) => failed.push(fields) } });
    pushNamed(releasers, ['database'], released);
    releasers.push('queue', () => Promise.reject(new Error('second')), { timeoutMs });
    releasers.push('server', () => Promise.reject(new Error('first')), { timeoutMs });
    await expect(releasers.release()).rejects.toThrow('first');
    expect(released).toEqual(['database']);
    expect(failed).toMatchObject([{ released: 'server' }, { released: 'queue' }]);
  });

  it('does not wait longer than the deadline of a release', async () => {
    const released: string[] = [];
    const releasers = createReleasers();
    pushNamed(releasers, ['database'], released);
    const never = () => new Promise(() => undefined);
    releasers.push('server', never, { timeoutMs: 5 });
    await expect(releasers.release()).rejects.toEqual(new DeadlineError('server', 5));
    expect(released).toEqual(['database']);
  });

  it('refuses a second release and a push after the first', async () => {
    const releasers = createReleasers();
    await releasers.release();
    await expect(releasers.release()).rejects.toThrow('already');
    expect(() => {
      pushNamed(releasers, ['late'], []);
    }).toThrow('late was acquired after');
  });
});

describe('withReleasers', () => {
  it('releases what a failed start had acquired and throws its error', async () => {
    const released: string[] = [];
    const start = withReleasers((releasers) => {
      pushNamed(releasers, ['database', 'queue'], released);
      return Promise.reject(new Error('port in use'));
    });
    await expect(start).rejects.toThrow('port in use');
    expect(released).toEqual(['queue', 'database']);
  });

  it('tells both errors when the release of a failed start fails too', async () => {
    const start = withReleasers((releasers) => {
      releasers.push('queue', () => Promise.reject(new Error('stuck')), { timeoutMs });
      return Promise.reject(new Error('port in use'));
    });
    await expect(start).rejects.toMatchObject({
      errors: [new Error('port in use'), new Error('stuck')],
    });
  });

  it('leaves the releasers of a good start to their owner', async () => {
    const released: string[] = [];
    const releasers = await withReleasers((own) => {
      pushNamed(own, ['database'], released);
      return Promise.resolve(own);
    });
    expect(released).toEqual([]);
    await releasers.release();
    expect(released).toEqual(['database']);
  });
});
