import { catalog, jobIdOf, queueName } from './catalog';

describe('catalog', () => {
  it('carries ids alone', () => {
    const { schema } = catalog['shot.run'];
    const shot_id = '0198c4a1-7e9d-7c3a-9f10-2d6f0f3c1a55';
    expect(schema.parse({ shot_id })).toEqual({ shot_id });
    expect(schema.safeParse({ shot_id, prompt: 'a warrior' }).success).toBe(false);
    expect(schema.safeParse({ shot_id: '7' }).success).toBe(false);
  });

  it('names a queue after its class, without the colon BullMQ forbids', () => {
    expect(queueName('3f9a')).toBe('shots-3f9a');
    expect(() => queueName('a:b')).toThrow('"a:b"');
    expect(() => queueName('')).toThrow('""');
  });

  it('gives each try of a shot a ticket of its own', () => {
    expect(jobIdOf({ shotId: 'a', tries: 0 })).not.toBe(jobIdOf({ shotId: 'a', tries: 1 }));
  });
});
