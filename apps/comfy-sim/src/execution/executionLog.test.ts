import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExecutionLog } from './executionLog';

let folder: string;
let journal: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'comfy-sim-journal-'));
  journal = join(folder, 'journal');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const told = (log: ExecutionLog) =>
  log.list().map(({ prompt_id, outcome }) => `${prompt_id} ${outcome}`);

test('what ran before a kill is told after it, and what ran meanwhile is lost', () => {
  const first = new ExecutionLog(journal);
  first.begin('a');
  first.end({ outcome: 'success', model_loads: 1 });
  first.begin('b');
  // Killed in the middle of a line.
  appendFileSync(journal, '{"prompt_id": "c", "sta');

  const second = new ExecutionLog(journal);
  expect(told(second)).toEqual(['a success', 'b lost']);
  second.begin('d');
  second.end({ outcome: 'error', model_loads: 0 });
  expect(told(new ExecutionLog(journal))).toEqual(['a success', 'b lost', 'd error']);
});

test('without a journal nothing is kept', () => {
  const log = new ExecutionLog();
  log.begin('a');
  expect(told(log)).toEqual(['a null']);
  expect(told(new ExecutionLog())).toEqual([]);
});
