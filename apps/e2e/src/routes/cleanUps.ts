import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { anotherPicture, hashOf } from '../fixtures/pictures';
import type { Store } from '../fixtures/stores';
import type { Api } from './api';

const NOTHING = { orphaned_files: 0, generations: 0, blobs: 0, objects: 0, unknown_objects: 0 };
const TWO_DAYS_S = 2 * 24 * 3600;

/** What is cleaned up, on both contracts. */
export function cleanUps(
  api: Api,
  { store, storageDir }: { store: Store['store']; storageDir: () => string },
): void {
  describe('cleaning up', () => {
    test('leaves alone what was used within these days', async () => {
      const picture = { bytes: await anotherPicture() };
      const { file_id } = (await api.ask('uploadPoseImage', { picture })).body;
      const { body } = await api.ask('cleanUpOrphans', { query: { days: 1 } });
      expect(body).toEqual({
        files_deleted: 0,
        cleanup_days: 1,
        message: expect.stringContaining('0 files') as string,
      });
      expect((await api.ask('cleanUpOrphans')).body.cleanup_days).toBe(30);
      await api.ask('downloadFile', { params: { file_id } });
    });

    test.each([0, 366, 'x'])('takes no number of days that is none: %s', async (days) => {
      await api.refused('cleanUpOrphans', 'validation_failed', { query: { days } });
    });

    test('leaves nothing to clean up, and all that files and generations need', async () => {
      const { body: page } = await api.ask('listFiles', { query: { limit: 100 } });
      const body = { days: 1, scan_storage: true };
      const { body: done } = await api.ask('cleanUp', { body });
      expect(done).toEqual({ ...NOTHING, objects: done.objects, dry_run: false });
      const { body: left } = await api.ask('cleanUp', { body: { ...body, dry_run: true } });
      expect(left).toEqual({ ...NOTHING, dry_run: true });
      for (const { id } of page.data) await api.ask('getFileContent', { params: { id } });
    });

    if (store === 's3') return;

    test('removes an old object that nobody knows, and only tells of it on a dry run', async () => {
      const path = join(storageDir(), 'sha256', hashOf(Buffer.from('lost')), '0'.repeat(16));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, 'lost');
      const longAgo = Date.now() / 1000 - TWO_DAYS_S;
      utimesSync(path, longAgo, longAgo);
      const found = { ...NOTHING, objects: 1, unknown_objects: 1 };

      const foreseen = await api.ask('cleanUp', { body: { scan_storage: true, dry_run: true } });
      expect(foreseen.body).toEqual({ ...found, dry_run: true });
      expect(existsSync(path)).toBe(true);

      const done = await api.ask('cleanUp', { body: { scan_storage: true } });
      expect(done.body).toEqual({ ...found, dry_run: false });
      expect(existsSync(path)).toBe(false);
    });
  });
}
