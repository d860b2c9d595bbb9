import { picture } from './graphs';
import type { Guarantee } from './guarantee';
import { story } from './listener';

/** Several prompts, and several clients. */
export function queueing(guarantee: Guarantee): void {
  guarantee('prompts of two clients run in their order, each heard by its own', async (comfy) => {
    const [first, second] = [await comfy.listen(), await comfy.listen()];
    const a = await comfy.occupy(first);
    const b = await comfy.enqueue(picture(), second);
    expect(b.number).toBeGreaterThan(a.number);

    const { running, pending } = await comfy.client.queue();
    const tagOf = ({ id }: { id: string }) => ({ deployment: 'conformance', attempt: id });
    expect(running).toEqual([
      { promptId: a.promptId, number: a.number, clientId: first.clientId, tag: tagOf(a) },
    ]);
    expect(pending).toContainEqual({
      ...{ promptId: b.promptId, number: b.number, clientId: second.clientId },
      tag: tagOf(b),
    });
    expect(await comfy.client.queueLength()).toBeGreaterThanOrEqual(2);

    await comfy.client.cancel(a.id);
    await comfy.ended(a.id);
    expect(await comfy.ended(b.id)).toMatchObject({ outcome: 'success' });
    await second.until(b.promptId, 'finished');
    expect(first.heardOf(b.promptId)).toEqual([]);
    expect(second.heardOf(a.promptId)).toEqual([]);
    expect(story(second.heardOf(b.promptId)).at(-1)).toBe('finished');
  });

  guarantee('waiting prompts are told in the order in which they will run', async (comfy) => {
    await comfy.occupy();
    const ids: string[] = [];
    for (let at = 0; at < 5; at += 1) ids.push((await comfy.enqueue(picture())).promptId);
    const { pending } = await comfy.client.queue();
    expect(pending.map(({ promptId }) => promptId).filter((id) => ids.includes(id))).toEqual(ids);
  });

  guarantee('every socket hears how long the queue is', async (comfy) => {
    const bystander = await comfy.listen();
    await comfy.run(picture());
    const lengths = bystander.events.filter(({ type }) => type === 'status').length;
    expect(lengths).toBeGreaterThan(1);
  });
}
