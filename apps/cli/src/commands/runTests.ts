import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTestConfig, ROOT_DIR } from '../config';
import { describeError } from '../describeError';
import { listenForStop } from '../stopSignals';
import { say } from '../terminal';
import { parseTestReport, renderTestReport, type TestReport } from '../testReport';
import { startTestServers, type TestServers } from '../testServers';

const CRASHED: TestReport = { passed: 0, failed: 1, notCollected: [] };
const INTERRUPTED_EXIT_CODE = 130;

interface JestRun {
  exitCode: number;
  report: TestReport;
}

async function runJest(
  args: readonly string[],
  env: Record<string, string>,
  { resultsFile, stop }: { resultsFile: string; stop: AbortSignal },
): Promise<JestRun> {
  const jest = join(ROOT_DIR, 'node_modules', 'jest', 'bin', 'jest.js');
  const options = ['--coverage', '--json', `--outputFile=${resultsFile}`];
  const child = spawn(process.execPath, [jest, ...options, ...args], {
    cwd: ROOT_DIR,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const stopJest = (): void => void child.kill('SIGTERM');
  stop.addEventListener('abort', stopJest);
  const [code] = (await once(child, 'exit')) as [number | null];
  stop.removeEventListener('abort', stopJest);
  const hasResults = existsSync(resultsFile);
  const report = hasResults ? parseTestReport(readFileSync(resultsFile, 'utf8')) : CRASHED;
  return { exitCode: code ?? 1, report };
}

/** The variables under which the tests find the servers. */
function addressesOf({ databaseUrl, redisUrl, s3 }: TestServers): Record<string, string> {
  return {
    TEST_DATABASE_URL: databaseUrl,
    TEST_REDIS_URL: redisUrl,
    ...(s3 && {
      TEST_S3_ENDPOINT: s3.endpoint,
      TEST_S3_REGION: s3.region,
      TEST_S3_ACCESS_KEY_ID: s3.accessKeyId,
      TEST_S3_SECRET_ACCESS_KEY: s3.secretAccessKey,
    }),
  };
}

async function runOnServers(args: readonly string[], stop: AbortSignal): Promise<JestRun> {
  const config = readTestConfig();
  const servers = await startTestServers(config, { log: say, signal: stop });
  try {
    const env = { ...config.environment, ...addressesOf(servers) };
    const run = await runJest(args, env, { resultsFile: join(servers.home, 'results.json'), stop });
    const notCollected = [...run.report.notCollected, ...config.notCollected];
    return { ...run, report: { ...run.report, notCollected } };
  } finally {
    await servers.stop();
  }
}

/**
 * Runs all tests (or those that `args` choose, as Jest takes them) on real servers of their own;
 * the last line says how many passed and failed, whatever happened.
 * @returns the exit code, 0 only when Jest ended well and nothing failed.
 */
export async function runTests(args: readonly string[]): Promise<number> {
  const { stop, ignore } = listenForStop();
  try {
    const { exitCode, report } = await runOnServers(args, stop);
    if (stop.aborted) return INTERRUPTED_EXIT_CODE;
    if (exitCode !== 0 && report.failed === 0) say(`Jest ended with code ${exitCode}.`);
    say(renderTestReport(report));
    return exitCode === 0 && report.failed > 0 ? 1 : exitCode;
  } catch (error) {
    if (stop.aborted) return INTERRUPTED_EXIT_CODE;
    say(describeError(error));
    say(renderTestReport(CRASHED));
    return 1;
  } finally {
    ignore();
  }
}
