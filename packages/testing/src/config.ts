/** A real S3 service to run the storage contract on. */
export interface TestS3 {
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

type ServerVariable = 'TEST_DATABASE_URL' | 'TEST_REDIS_URL';

/** The address of a real server. @throws when the tests were started without one. */
export function serverUrl(name: ServerVariable): string {
  const url = process.env[name];
  if (url) return url;
  throw new Error(`${name} is not set: run integration tests by "npm test -- PATH"`);
}

/** The S3 service that `TEST_S3_ENDPOINT` and its keys name, or null when none is given. */
export function testS3(): TestS3 | null {
  const { TEST_S3_ENDPOINT: endpoint, TEST_S3_REGION: region } = process.env;
  const { TEST_S3_ACCESS_KEY_ID: id, TEST_S3_SECRET_ACCESS_KEY: secret } = process.env;
  if (!endpoint) return null;
  if (!id || !secret) {
    throw new Error('TEST_S3_ENDPOINT needs TEST_S3_ACCESS_KEY_ID and TEST_S3_SECRET_ACCESS_KEY');
  }
  return { endpoint, region: region ?? 'us-east-1', accessKeyId: id, secretAccessKey: secret };
}

/** Which of Jest's parallel workers this is, counted from 1. */
export function jestWorker(): number {
  return Number(process.env['JEST_WORKER_ID'] ?? 1);
}
