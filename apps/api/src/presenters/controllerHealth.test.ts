import { ControllerHealth, type InstanceHealth } from '@avatarforge/contracts';
import type { PoolStatus } from '@avatarforge/services';
import { toControllerHealth } from './controllerHealth';

const instance = (health: InstanceHealth, url: string) => ({
  id: '01980000-0000-7000-8000-000000000000',
  url,
  health,
  healthReason: health === 'unreachable' ? 'connection refused' : null,
  systemStats:
    health === 'ok' ? { ramFreeBytes: 5, devices: [{ name: 'cuda:0', vramFreeBytes: 3 }] } : null,
  seenAt: null,
});

function show(...instances: PoolStatus['instances']) {
  return ControllerHealth.parse(toControllerHealth({ workers: 1, instances })).comfyui;
}

test('an instance that answers is shown before one that does not, with its stats', () => {
  const shown = show(instance('unreachable', 'http://a:8188'), instance('ok', 'http://b:8188'));
  expect(shown).toEqual({
    status: 'online',
    url: 'http://b:8188',
    ram_free_bytes: 5,
    devices: [{ name: 'cuda:0', vram_free_bytes: 3 }],
  });
});

test('an instance that does not answer is shown with the reason', () => {
  expect(show(instance('unreachable', 'http://a:8188'))).toEqual({
    status: 'offline',
    url: 'http://a:8188',
    reason: 'connection refused',
  });
});

test.each([
  ['half_open', 'online'],
  ['quarantined', 'offline'],
  ['unknown', 'unknown'],
] as const)('one that is %s is %s', (health, status) => {
  expect(show(instance(health, 'http://a:8188')).status).toBe(status);
});

test('a pool without instances is unknown', () => {
  expect(show()).toEqual({ status: 'unknown', url: null });
});

test.each(['http://ann:pw@a:8188', 'http://ann:p@w@a:8188/', 'http://ann@a:8188'])(
  'credentials in an address are not shown: %s',
  (url) => {
    expect(show(instance('ok', url)).url).toBe('http://a:8188');
  },
);
