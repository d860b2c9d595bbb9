import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { faultKinds } from './catalog';
import { documentFaults } from './fixtures/documentFaults';

const cellsOf = (row: string) => row.split('|').map((cell) => cell.trim());

test('the README has one row for every kind of fault, and no other', () => {
  const readme = readFileSync(join(__dirname, '../../README.md'), 'utf8');
  const section = /^## Faults$(.*?)^## /ms.exec(`${readme}\n## `)?.[1] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  expect(rows.map(cellsOf)).toEqual(documentFaults().map(cellsOf));
});

test('every kind of fault has an integration test', () => {
  const folder = join(__dirname, 'kinds');
  const tests = readdirSync(folder).filter((file) => file.endsWith('.int.test.ts'));
  const text = tests.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
  const untested = Object.keys(faultKinds).filter((kind) => !text.includes(`kind: '${kind}'`));
  expect(untested).toEqual([]);
});
