import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { exactly } from './exactly';

const bodyOf = (...chunks: string[]) => Readable.from(chunks.map((chunk) => Buffer.from(chunk)));

async function readUntilItFails(bytes: Readable) {
  let read = '';
  try {
    for await (const chunk of bytes) read += String(chunk);
  } catch (error) {
    return { read, error };
  }
  throw new Error('it did not fail');
}

describe('exactly', () => {
  it('passes a body of that size on', async () => {
    expect((await buffer(exactly(5, bodyOf('ab', '', 'cde')))).toString()).toBe('abcde');
    expect((await buffer(exactly(0, bodyOf()))).toString()).toBe('');
  });

  it.each([
    ['is too long', bodyOf('ab', 'cd', 'e')],
    ['is too long at once', bodyOf('ab', 'cde')],
    ['fails at its end', Readable.from(failing('ab', 'cd', ''))],
  ])('never gives all the bytes of a body that %s', async (_, body) => {
    const { read, error } = await readUntilItFails(exactly(4, body));
    expect(error).toMatchObject({ name: 'ObjectBodyError' });
    expect(read.length).toBeLessThan(4);
  });

  it('gives the body back when nobody wants it to its end', () => {
    const body = bodyOf('ab', 'cd');
    const bytes = exactly(4, body);
    return new Promise<void>((resolve) => {
      body.once('close', resolve);
      bytes.destroy();
    });
  });
});

async function* failing(...chunks: string[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield Buffer.from(chunk);
  await Promise.resolve();
  throw new Error('the source went away');
}
