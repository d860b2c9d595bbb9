import { randomUUID } from 'node:crypto';
import { eventually } from '@avatarforge/testing';
import { picture } from './graphs';
import type { Guarantee } from './guarantee';
import { NotTried } from './visit';

/** A prompt is cancelled wherever it is, and no other one ever is. */
export function cancels(guarantee: Guarantee): void {
  guarantee('a waiting prompt is taken out and leaves no trace', async (comfy) => {
    const running = await comfy.occupy();
    const { id, promptId } = await comfy.enqueue(picture());
    expect(await comfy.client.look(id)).toEqual({ state: 'pending', promptId });
    expect(await comfy.client.cancel(id)).toBe('cancelled');
    expect(await comfy.client.look(id)).toEqual({ state: 'absent' });
    expect(await comfy.client.look(running.id)).toMatchObject({ state: 'running' });
    const history = await comfy.ask(`/api/history/${promptId}`);
    expect(await history.json()).toEqual({});
  });

  guarantee(
    'a running prompt is interrupted, or left alone where that cannot be',
    async (comfy) => {
      const { client, can } = comfy;
      const listener = await comfy.listen();
      const { id, promptId } = await comfy.occupy(listener);
      const result = await client.cancel(id);
      const verdict = await comfy.ended(id);
      comfy.rely(
        'cancelling what runs is',
        can.canInterruptById ? 'cancelled' : 'not_possible',
        result,
      );
      comfy.rely(
        'and it then ends in',
        can.canInterruptById ? 'interrupted' : 'success',
        verdict.outcome,
      );
      await listener.until(promptId, 'finished');
      const wasTold = listener
        .heardOf(promptId)
        .some(({ type }) => type === 'executionInterrupted');
      expect(wasTold).toBe(can.canInterruptById);
    },
  );

  guarantee('a finished prompt is not cancelled', async (comfy) => {
    const { id } = await comfy.run(picture());
    expect(await comfy.client.cancel(id)).toBe('not_there');
    expect(await comfy.ended(id)).toMatchObject({ outcome: 'success' });
  });

  guarantee('a running prompt of another client is never touched', async (comfy) => {
    const { client } = comfy;
    const other = await comfy.occupy();
    const ours = await comfy.enqueue(picture());
    const done = randomUUID();
    expect(await client.cancel(ours.id)).toBe('cancelled');
    expect(await client.cancel(ours.id)).toBe('not_there');
    expect(await client.cancel(done)).toBe('not_there');
    expect(await comfy.until(other.id, 'running', 'finished')).toMatchObject({ state: 'running' });
  });

  guarantee('an interrupt that names another prompt stops nothing', async (comfy) => {
    if (!comfy.can.canInterruptById) {
      throw new NotTried('here an interrupt stops whatever runs, so none is ever sent');
    }
    const listener = await comfy.listen();
    const { id, promptId } = await comfy.occupy(listener);
    const body = JSON.stringify({ prompt_id: randomUUID() });
    const answer = await comfy.ask('/api/interrupt', { method: 'POST', body });
    expect(answer.status).toBe(200);
    const heard = listener.heardOf(promptId).length;
    const timeoutMs = comfy.patienceMs;
    await eventually(() => listener.heardOf(promptId).length > heard + 3, { timeoutMs });
    expect(await comfy.client.look(id)).toMatchObject({ state: 'running' });
  });
}
