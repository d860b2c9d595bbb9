import { z } from 'zod';

const JestResults = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numRuntimeErrorTestSuites: z.number(),
  testResults: z.array(
    z.object({
      assertionResults: z.array(
        z.object({
          ancestorTitles: z.array(z.string()),
          title: z.string(),
          status: z.string(),
        }),
      ),
    }),
  ),
});

/** What a run of all tests came to. */
export interface TestReport {
  passed: number;
  /** Failed tests, and files that could not be run at all. */
  failed: number;
  /** What was left out, and why. */
  notCollected: string[];
}

function countNotCollected({ testResults }: z.output<typeof JestResults>) {
  const counts = new Map<string, number>();
  const isRun = (status: string): boolean => status === 'passed' || status === 'failed';
  const left = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => !isRun(status));
  for (const { ancestorTitles, title } of left) {
    const suite = ancestorTitles[0] ?? title;
    counts.set(suite, (counts.get(suite) ?? 0) + 1);
  }
  return [...counts].map(([suite, tests]) => `${suite} (${tests})`);
}

/** Reads what `jest --json` wrote. @throws when it is not that. */
export function parseTestReport(json: string): TestReport {
  const results = JestResults.parse(JSON.parse(json));
  return {
    passed: results.numPassedTests,
    failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
    notCollected: countNotCollected(results),
  };
}

/** The closing lines of a run: what was left out, then `N passed, N failed`. */
export function renderTestReport({ passed, failed, notCollected }: TestReport): string {
  const left = notCollected.map((suite) => `  ${suite}`);
  const lines = left.length > 0 ? ['Not collected:', ...left] : [];
  return ['', ...lines, `${passed} passed, ${failed} failed`].join('\n');
}
