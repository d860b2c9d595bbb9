import { eventually } from '@avatarforge/testing';
import { picture } from './graphs';
import type { Guarantee } from './guarantee';

/** Sockets that end and begin while something runs. */
export function sockets(guarantee: Guarantee): void {
  guarantee('a socket that is lost costs no prompt: looking tells the truth', async (comfy) => {
    const lost = await comfy.listen();
    const { id, promptId } = await comfy.occupy(lost);
    await lost.close();
    const fresh = await comfy.listen();
    expect(await comfy.client.look(id)).toEqual({ state: 'running', promptId });
    await comfy.client.cancel(id);
    const { outcome } = await comfy.ended(id);
    expect(outcome).toBe(comfy.can.canInterruptById ? 'interrupted' : 'success');
    expect(fresh.heardOf(promptId)).toEqual([]);
  });

  guarantee('a fresh socket hears all of what is submitted under it', async (comfy) => {
    const lost = await comfy.listen();
    const running = await comfy.occupy(lost);
    await lost.close();
    const fresh = await comfy.listen();
    const { promptId } = await comfy.enqueue(picture(), fresh);
    expect(fresh.heardOf(promptId)).toEqual([]);
    await comfy.client.cancel(running.id);
    await fresh.until(promptId, 'finished');
  });

  guarantee('a client that nobody listens to has its prompts run all the same', async (comfy) => {
    const { outputs } = await comfy.run(picture());
    expect(outputs).toHaveLength(1);
  });

  guarantee('the socket tells at once how long the queue is', async (comfy) => {
    const listener = await comfy.listen();
    const [first] = await eventually(() => listener.events.length > 0 && listener.events);
    expect(first).toMatchObject({ type: 'status', sid: listener.clientId });
  });
}
