import { randomUUID } from 'node:crypto';
import type { Guarantee } from './guarantee';
import { isAtLeast } from './versions';

/** What a server says of itself is true, as far as our client goes by it. */
export function introductions(guarantee: Guarantee): void {
  guarantee('it says which version and which devices it has', (comfy) => {
    expect(comfy.version).toMatch(/^\d+\.\d+/);
    expect(comfy.stats.devices).not.toEqual([]);
    expect(comfy.has('EmptyImage', 'LoadImage', 'ImageInvert', 'SaveImage')).toBe(true);
    return Promise.resolve();
  });

  guarantee('it has the routes of its version', async (comfy) => {
    const { can } = comfy;
    const unknown = `/api/jobs/${randomUUID()}`;
    const cancel = await comfy.ask(`${unknown}/cancel`, { method: 'POST', body: '{}' });
    comfy.rely(
      'has /api/features',
      can.hasFeatures,
      (await comfy.ask('/api/features')).status === 200,
    );
    comfy.rely('has /api/jobs', can.hasJobs, (await comfy.ask('/api/jobs?limit=1')).status === 200);
    comfy.rely('cancels by a route', can.hasCancel, cancel.status === 200);
  });

  guarantee('a prompt that it does not know is absent, in every way of asking', async (comfy) => {
    const id = randomUUID();
    expect(await comfy.client.look(id)).toEqual({ state: 'absent' });
    expect(await comfy.client.cancel(id)).toBe('not_there');
    await comfy.client.deleteQueued(id);
    await comfy.client.deleteHistory(id);
    expect(await comfy.client.look(id)).toEqual({ state: 'absent' });
  });

  guarantee('one node class alone is as it is among all', async (comfy) => {
    const { client, nodeClasses } = comfy;
    expect(await client.nodeClass('SaveImage')).toEqual(nodeClasses['SaveImage']);
    expect(await client.nodeClass('AvatarForgeNoSuchNode')).toBeNull();
  });

  guarantee('model folders can be asked for one by one', async (comfy) => {
    expect(await comfy.client.modelFolders()).toContain('checkpoints');
    expect(await comfy.client.models('avatarforge-no-such-folder')).toBeNull();
  });

  guarantee('what else changed with versions', async (comfy) => {
    const { version } = comfy;
    const crossSite = await comfy.ask('/api/prompt', {
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    comfy.observe(
      'refuses other web sites',
      isAtLeast(version, '0.19.0'),
      crossSite.status === 403,
    );
    const body = JSON.stringify({ prompt_id: 'no-uuid', prompt: {} });
    const refusal = await comfy.ask('/api/prompt', { method: 'POST', body });
    const { error } = (await refusal.json()) as { error: { type: string } };
    const isAboutId = error.type === 'invalid_prompt_id';
    comfy.observe('refuses ids that are no UUID', isAtLeast(version, '0.25.0'), isAboutId);
  });
}
