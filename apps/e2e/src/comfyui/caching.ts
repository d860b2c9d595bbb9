import { freshColor, freshPrefix, picture } from './graphs';
import type { Guarantee } from './guarantee';
import { argumentOf } from './report';
import type { Visit } from './visit';

/** What the same graph gives a second time. */
export function caching(guarantee: Guarantee): void {
  guarantee('a prefix of its own gives a file of its own, whatever is cached', async (comfy) => {
    const { first, second, cached } = await runTwice(comfy, freshPrefix());
    expect(second.filename).not.toBe(first.filename);
    expect((await comfy.fetch(second)).bytes).not.toHaveLength(0);
    comfy.observe('runs no node again that it has cached', caches(comfy), cached.includes('2'));
  });

  guarantee('a graph that is cached as a whole succeeds and names a file', async (comfy) => {
    const { first, second, cached } = await runTwice(comfy, null);
    expect((await comfy.fetch(second)).bytes).not.toHaveLength(0);
    comfy.observe('runs nothing of an equal graph', caches(comfy), cached.includes('3'));
    const isSame = second.filename === first.filename;
    comfy.observe('an equal graph names the old file', caches(comfy), isSame);
  });
}

/** Runs a graph, and again with another prefix or just as it is. */
async function runTwice(comfy: Visit, otherPrefix: string | null) {
  const listener = await comfy.listen();
  const wish = { color: freshColor(), prefix: freshPrefix() };
  const before = await comfy.run(picture(wish), listener);
  const again = { ...wish, prefix: otherPrefix ?? wish.prefix };
  const after = await comfy.run(picture(again), listener);
  await listener.until(after.promptId, 'finished');
  const cached = listener
    .heardOf(after.promptId)
    .flatMap((event) => (event.type === 'executionCached' ? event.nodeIds : []));
  return { first: before.outputs[0]!, second: after.outputs[0]!, cached };
}

function caches({ stats: { argv } }: Visit): boolean {
  return !argv.includes('--cache-none') && argumentOf(argv, '--cache-lru') !== '0';
}
