import { newId } from '@avatarforge/core';
import type { Database } from './database';
import {
  claimDirectUpload,
  insertDirectUpload,
  releaseDirectUpload,
  type DirectUploadRecord,
} from './directUploadRepository';
import { givenDatabase, givenUser } from './fixtures/givenPool';
import { claimLooseObjects } from './looseObjectRepository';

let db: Database;
let ownerId: string;
beforeAll(async () => {
  db = await givenDatabase();
  ownerId = await givenUser(db);
}, 60_000);

async function givenUpload(lastsMs = 60_000): Promise<DirectUploadRecord> {
  const id = newId();
  const upload = { id, ownerId, objectKey: `incoming/${id}`, kind: 'pose', filename: 'x' } as const;
  const expiresAt = new Date(Date.now() + lastsMs);
  const record = { ...upload, size: 1, mimeType: 'image/png', expiresAt };
  await insertDirectUpload(db, record);
  return record;
}

test('of many who complete an upload at once one does it', async () => {
  const upload = await givenUpload();
  const claims = await Promise.all([1, 2, 3, 4, 5].map(() => claimDirectUpload(db, upload)));
  expect(claims.filter((claim) => claim?.isBusy === false)).toHaveLength(1);
});

test('an upload that could not be completed may be completed again', async () => {
  const upload = await givenUpload();
  await claimDirectUpload(db, upload);
  await releaseDirectUpload(db, { id: upload.id, fileId: null });
  expect(await claimDirectUpload(db, upload)).toMatchObject({ isBusy: false, fileId: null });
});

test('what became of an upload is known until its time is over', async () => {
  const upload = await givenUpload();
  const fileId = newId();
  await claimDirectUpload(db, upload);
  await releaseDirectUpload(db, { id: upload.id, fileId });
  expect(await claimDirectUpload(db, upload)).toMatchObject({ isBusy: false, fileId });
  await db.query('UPDATE direct_uploads SET expires_at = now() WHERE id = $1', [upload.id]);
  expect(await claimDirectUpload(db, upload)).toBeNull();
});

test('an upload of somebody else is none', async () => {
  const upload = await givenUpload();
  expect(await claimDirectUpload(db, { ...upload, ownerId: newId() })).toBeNull();
});

test('its object is deleted an hour after its time is over, completed or not', async () => {
  const [late, fresh] = [await givenUpload(-3_700_000), await givenUpload(-60_000)];
  const due = await claimLooseObjects(db, 100);
  expect(due).toContain(late.objectKey);
  expect(due).not.toContain(fresh.objectKey);
});
