import { randomUUID } from 'node:crypto';
import { testS3 } from '@avatarforge/testing';
import { createS3Storage, type S3StorageOptions } from './index';

const given = testS3();
const options = { region: 'us-east-1', forcePathStyle: true };

async function check(s3: S3StorageOptions): Promise<void> {
  const storage = createS3Storage(s3);
  try {
    await storage.check();
  } finally {
    await storage.close();
  }
}

describe('createS3Storage', () => {
  it('says that a store nobody answers for may answer later', async () => {
    const keys = { accessKeyId: 'id', secretAccessKey: 'secret' };
    const nowhere = { ...options, ...keys, bucket: 'b', endpoint: 'http://127.0.0.1:1' };
    await expect(check(nowhere)).rejects.toMatchObject({
      name: 'StorageUnavailableError',
      retryable: true,
    });
  });
});

if (given) {
  describe('createS3Storage with a real service', () => {
    it('creates the bucket only when it may', async () => {
      const s3 = { ...options, ...given, bucket: `test-${randomUUID()}` };
      const refused = { name: 'StorageUnavailableError', retryable: false };
      await expect(check(s3)).rejects.toMatchObject(refused);
      await check({ ...s3, createBucket: true });
      await check({ ...s3, createBucket: true });
      await check(s3);
    });

    it('says that a wrong secret will not become right', async () => {
      const s3 = { ...options, ...given, secretAccessKey: 'wrong', bucket: 'any' };
      await expect(check(s3)).rejects.toMatchObject({ retryable: false });
    });
  });
}
