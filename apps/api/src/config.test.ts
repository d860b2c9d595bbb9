import { ConfigError } from '@avatarforge/runtime';
import { readConfig } from './config';

const needed = { DATABASE_URL: 'postgresql://x', REDIS_URL: 'redis://x' };

test('with the addresses of its servers it is complete: port 8000 on loopback, keys needed', () => {
  expect(readConfig(needed)).toMatchObject({ PORT: 8000, HOST: '127.0.0.1', AUTH: true });
});

test.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('AUTH=off is fine on %s', (HOST) => {
  expect(readConfig({ ...needed, AUTH: 'off', HOST }).AUTH).toBe(false);
});

test.each(['0.0.0.0', '::', '10.0.0.1', '127.evil.example', 'example.org'])(
  'AUTH=off is refused on %s',
  (HOST) => {
    expect(() => readConfig({ ...needed, AUTH: 'off', HOST })).toThrow(ConfigError);
  },
);

test('every problem is named at once', () => {
  expect(() => readConfig({ PORT: 'x', AUTH: 'off', HOST: '0.0.0.0' })).toThrow(
    /PORT:[\s\S]*DATABASE_URL:[\s\S]*REDIS_URL:[\s\S]*AUTH:/,
  );
});
