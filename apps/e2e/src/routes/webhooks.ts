import type { Api } from './api';

/** Nothing is sent there: it is no public address, which is known when it is dialled. */
const NOWHERE = 'https://localhost/webhooks';

/** Native v1: who is told of events, and what became of it. */
export function webhooks(api: Api): void {
  const at = (id: string) => ({ params: { id } });

  describe('webhooks', () => {
    test('endpoints are created, changed and deleted, and their secrets read and rotated', async () => {
      const body = { url: NOWHERE, events: ['generation.completed'] };
      const { secret, ...created } = (await api.ask('createWebhookEndpoint', { body })).body;
      expect(secret).toMatch(/^whsec_/);
      expect((await api.ask('listWebhookEndpoints')).body.data).toEqual([created]);
      expect((await api.ask('getWebhookEndpoint', at(created.id))).body).toEqual(created);
      expect((await api.ask('getWebhookSecret', at(created.id))).body.secret).toBe(secret);
      const rotated = await api.ask('rotateWebhookSecret', at(created.id));
      expect(rotated.body.secret).not.toBe(secret);
      const disabling = { ...at(created.id), body: { is_enabled: false } };
      expect((await api.ask('updateWebhookEndpoint', disabling)).body.is_enabled).toBe(false);
      await api.refused('pingWebhookEndpoint', 'endpoint_disabled', at(created.id));
      await api.ask('deleteWebhookEndpoint', at(created.id));
      await api.refused('getWebhookEndpoint', 'not_found', at(created.id));
    });

    test('what was sent is shown, and sent again', async () => {
      const { id } = (await api.ask('createWebhookEndpoint', { body: { url: NOWHERE } })).body;
      const ping = (await api.ask('pingWebhookEndpoint', at(id))).body;
      expect(ping).toMatchObject({ endpoint_id: id, event: 'webhook.ping', status: 'pending' });
      const listed = (await api.ask('listDeliveries', { query: { endpoint_id: id } })).body;
      expect(listed.data.map((delivery) => delivery.id)).toEqual([ping.id]);
      const story = (await api.ask('getDelivery', at(ping.id))).body;
      expect(JSON.parse(story.body)).toMatchObject({ type: 'webhook.ping' });
      expect((await api.ask('redeliver', at(ping.id))).body.id).toBe(ping.id);
      const period = { from: ping.created_at, to: ping.created_at };
      const replayed = await api.ask('replayDeliveries', { ...at(id), body: period });
      expect(replayed.body.count).toBe(0);
      await api.ask('deleteWebhookEndpoint', at(id));
    });
  });
}
