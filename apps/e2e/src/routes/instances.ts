import { eventually } from '@avatarforge/testing';
import { Webhook } from 'standardwebhooks';
import type { Api } from './api';
import { inState, WISH } from './wishes';

/** An address at which nothing listens. */
const NOBODY = 'http://127.0.0.1:9';
/** Workers look ahead every other second. */
const FORESEEN = { timeoutMs: 20_000, everyMs: 100 };

/** Native v1: the instances of the pool, and what it does. */
export function instances(api: Api): void {
  const only = async () => {
    const { data } = (await api.ask('listInstances')).body;
    expect(data).toHaveLength(1);
    return data[0]!;
  };
  const at = (id: string) => ({ params: { id } });

  describe('the instances of the pool', () => {
    test('are those that are configured, as their workers know them', async () => {
      const instance = await only();
      expect(instance).toMatchObject({
        source: 'config',
        state: 'active',
        health: { status: 'ok' },
      });
      expect(instance.driver).not.toBeNull();
      expect(instance.models_count).toBeGreaterThan(0);
      expect(instance.devices.length).toBeGreaterThan(0);
      expect((await api.ask('getInstance', at(instance.id))).body.id).toBe(instance.id);
      await api.refused('removeInstance', 'instance_configured', at(instance.id));
    });

    test('can be added, named and removed while it runs', async () => {
      const body = { url: NOBODY, labels: { rack: 'a' } };
      const { id } = (await api.ask('addInstance', { body })).body;
      await api.refused('addInstance', 'instance_exists', { body });
      const named = await api.ask('updateInstance', { ...at(id), body: { name: 'spare' } });
      expect(named.body).toMatchObject({ name: 'spare', labels: { rack: 'a' }, source: 'api' });
      await eventually(async () => {
        return (await api.ask('getInstance', at(id))).body.health.status === 'unreachable';
      });
      const { data } = (await api.ask('listInstances', { query: { label: 'rack:a' } })).body;
      expect(data.map((instance) => instance.id)).toEqual([id]);
      await api.ask('removeInstance', at(id));
      await api.refused('getInstance', 'not_found', at(id));
    });

    test('can call back, if they sign', async () => {
      const { id } = await only();
      const { secret } = (await api.ask('rotateCallbackSecret', at(id))).body;
      const body = { prompt_id: 'any' };
      const now = new Date();
      const signature = new Webhook(secret).sign('msg_1', now, JSON.stringify(body));
      const headers = {
        'webhook-id': 'msg_1',
        'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
        'webhook-signature': signature,
      };
      await api.ask('callBack', { ...at(id), body, headers });
      await api.refused('callBack', 'bad_signature', { ...at(id), body: {}, headers });
    });

    test('take no work while they are drained, which the generation says, and go on after', async () => {
      const { id } = await only();
      expect((await api.ask('drainInstance', at(id))).body.state).toBe('draining');
      const created = (await api.ask('createGeneration', { body: WISH })).body;
      await eventually(async () => {
        const { body } = await api.ask('getGeneration', at(created.id));
        return body.status === 'queued' && body.waiting_reason === 'draining';
      }, FORESEEN);
      expect((await api.ask('getStats')).body).toMatchObject({
        queue: { waiting: 1 },
        pool: { workers: 1, draining: 1 },
      });
      expect((await api.ask('resumeInstance', at(id))).body.state).toBe('active');
      await inState(api, created.id, 'completed');
    });

    test('are named by the attempts at a generation', async () => {
      const { id } = await only();
      const created = (await api.ask('createGeneration', { body: { ...WISH, priority: 5 } })).body;
      await inState(api, created.id, 'completed');
      const { data } = (await api.ask('listAttempts', at(created.id))).body;
      expect(data).toMatchObject([
        { shot: { ordinal: 0 }, instance: { id }, state: 'stored', outcome: { result: 'stored' } },
      ]);
    });
  });
}
