import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { parseFault } from './faultRequest';

const readme = readFileSync(join(__dirname, '../../README.md'), 'utf8');
const inCode = [...readme.matchAll(/faults\.add\((\{[^]*?\})\);/g)];
const inShell = [...readme.matchAll(/sim\/faults -d '(\{.*\})'/g)];

test.each([...inCode, ...inShell].map(([, fault = '']) => fault))('%s is a fault', (text) => {
  expect(() => parseFault(runInNewContext(`(${text})`))).not.toThrow();
});

test('the recipes are found', () => {
  expect([inCode.length, inShell.length]).toEqual([7, 1]);
});
