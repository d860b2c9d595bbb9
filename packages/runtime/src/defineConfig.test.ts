import { inspect } from 'node:util';
import { z } from 'zod';
import { ConfigError, defineConfig, describeConfig } from './defineConfig';
import type { Secret } from './secret';
import { bytes, flag, integer, milliseconds, port, secret, urlList } from './variables';

const Schema = z.object({
  PORT: port().default(3000).describe('where the API listens'),
  DATABASE_URL: secret().describe('the database'),
  EMBEDDED: flag().default(true).describe('starts what is missing'),
  COMFYUI_URLS: urlList().default(['http://127.0.0.1:8188']).describe('the pool'),
  UPLOAD_MAX_BYTES: bytes({ max: 1000 }).default(100),
  LEASE_TTL_MS: milliseconds({ min: 10 }).optional().describe('how long a lease lives'),
});

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    defineConfig(Schema, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('defineConfig', () => {
  it('reads the variables it names and leaves the others alone', () => {
    const config = defineConfig(Schema, {
      PORT: '80',
      DATABASE_URL: 'postgresql://db',
      EMBEDDED: 'off',
      COMFYUI_URLS: 'http://a:8188/, https://b/comfy,',
      HOME: '/root',
    });
    expect(config).toMatchObject({
      PORT: 80,
      EMBEDDED: false,
      COMFYUI_URLS: ['http://a:8188', 'https://b/comfy'],
    });
    expect(config).not.toHaveProperty('HOME');
    expect(config.DATABASE_URL.reveal()).toBe('postgresql://db');
  });

  it('takes an empty string as unset', () => {
    expect(defineConfig(Schema, { DATABASE_URL: 'x', PORT: '', LEASE_TTL_MS: '' })).toMatchObject({
      PORT: 3000,
    });
  });

  it('names every problem at once, one line each, and no value', () => {
    const problems = problemsOf({
      PORT: '70000',
      EMBEDDED: 'maybe',
      COMFYUI_URLS: 'http://a,ftp://user:password@b',
      UPLOAD_MAX_BYTES: '1e3',
      LEASE_TTL_MS: '9',
    });
    expect(problems).toEqual([
      'PORT: must be at most 65535',
      'DATABASE_URL: is required',
      'EMBEDDED: must be on or off',
      'COMFYUI_URLS: must be http(s) addresses separated by commas',
      'UPLOAD_MAX_BYTES: must be a whole number',
      'LEASE_TTL_MS: must be at least 10',
    ]);
    expect(new ConfigError(problems).message.split('\n')).toHaveLength(7);
  });

  it('says of any required variable that it is required', () => {
    const schema = z.object({ A: integer(), B: z.string(), C: z.enum(['x']), D: flag() });
    expect(() => defineConfig(schema, {})).toThrow(
      /A: is required\n.*B: is required\n.*C: is required\n.*D: is required/,
    );
  });

  it('keeps the words of a rule between variables', () => {
    const schema = z
      .object({ A: z.string().optional(), B: z.string().optional() })
      .refine(({ A, B }) => A === B, { path: ['B'], message: 'must be given with A' });
    expect(() => defineConfig(schema, { A: 'x' })).toThrow('B: must be given with A');
  });

  it('is frozen at every depth', () => {
    const config = defineConfig(Schema, { DATABASE_URL: 'x' });
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.COMFYUI_URLS)).toBe(true);
    expect(Object.isFrozen(config.DATABASE_URL)).toBe(true);
  });
});

describe('a secret', () => {
  it('is not printed by any means', () => {
    const { DATABASE_URL } = defineConfig(Schema, { DATABASE_URL: 'hunter2' });
    const printed: Secret = DATABASE_URL;
    expect(String(printed)).toBe('[secret]');
    expect(JSON.stringify({ printed })).toBe('{"printed":"[secret]"}');
    expect(inspect({ printed }, { showHidden: true, depth: 9 })).not.toContain('hunter2');
  });
});

describe('describeConfig', () => {
  it('lists the variables with their defaults as they would be written', () => {
    expect(describeConfig(Schema)).toEqual([
      variable('PORT', 'where the API listens', { default: '3000' }),
      variable('DATABASE_URL', 'the database', { isRequired: true, isSecret: true }),
      variable('EMBEDDED', 'starts what is missing', { default: 'on' }),
      variable('COMFYUI_URLS', 'the pool', { default: 'http://127.0.0.1:8188' }),
      variable('UPLOAD_MAX_BYTES', '', { default: '100' }),
      variable('LEASE_TTL_MS', 'how long a lease lives', {}),
    ]);
  });

  it('finds what was said before the variable was made optional', () => {
    const schema = z.object({ KEY: secret().describe('a key').optional() });
    expect(describeConfig(schema)).toEqual([variable('KEY', 'a key', { isSecret: true })]);
  });

  function variable(name: string, description: string, rest: object) {
    return { name, description, isRequired: false, isSecret: false, ...rest };
  }
});
