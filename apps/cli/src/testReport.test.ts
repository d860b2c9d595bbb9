import { parseTestReport, renderTestReport } from './testReport';

const SUITE = 'storage on S3: needs TEST_S3_ENDPOINT';

function resultsWith(...tests: [suite: string | undefined, status: string][]): string {
  const assertionResults = tests.map(([suite, status]) => ({
    ancestorTitles: suite === undefined ? [] : [suite],
    title: 'a test',
    status,
  }));
  return JSON.stringify({
    numPassedTests: 3,
    numFailedTests: 1,
    numRuntimeErrorTestSuites: 2,
    testResults: [{ assertionResults }],
  });
}

test('a file that could not be run counts as failed', () => {
  expect(parseTestReport(resultsWith())).toMatchObject({ passed: 3, failed: 3 });
});

test('suites that were left out are named once, with their number of tests', () => {
  const json = resultsWith(
    [SUITE, 'pending'],
    [SUITE, 'pending'],
    ['b', 'passed'],
    [undefined, 'todo'],
  );
  expect(parseTestReport(json).notCollected).toEqual([`${SUITE} (2)`, 'a test (1)']);
});

test('the last line tells the numbers', () => {
  const report = { passed: 7, failed: 0, notCollected: [SUITE] };
  expect(renderTestReport(report).split('\n').slice(-3)).toEqual([
    'Not collected:',
    `  ${SUITE}`,
    '7 passed, 0 failed',
  ]);
});

test('what is not a report is refused', () => {
  expect(() => parseTestReport('{}')).toThrow();
});
