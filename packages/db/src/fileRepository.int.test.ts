import { randomBytes } from 'node:crypto';
import { newId } from '@avatarforge/core';
import type { Database } from './database';
import {
  findFile,
  insertFileAndBlob,
  insertFileOfBlob,
  type NewBlob,
  type NewFile,
} from './fileRepository';
import { givenDatabase, givenUser } from './fixtures/givenPool';

let db: Database;
let ownerId: string;
beforeAll(async () => {
  db = await givenDatabase();
  ownerId = await givenUser(db);
}, 60_000);

const aFile = (sha256: string, owner = ownerId): NewFile => ({
  id: newId(),
  ownerId: owner,
  kind: 'pose',
  filename: 'pose.png',
  sha256,
});
const aBlob = (objectKey: string): NewBlob => ({
  objectKey,
  size: 10,
  mimeType: 'image/png',
  width: 64,
  height: 64,
});
const aHash = () => randomBytes(32).toString('hex');
const condemnedAt = async (sha256: string) => {
  const [row] = await db.query('SELECT condemned_at FROM blobs WHERE sha256 = $1', [sha256]);
  return row?.['condemned_at'] as Date | null;
};

test('bytes that nobody has sent are of no blob', async () => {
  expect(await insertFileOfBlob(db, aFile(aHash()))).toBeNull();
});

test('of two blobs of the same bytes the first is kept', async () => {
  const sha256 = aHash();
  const first = await insertFileAndBlob(db, aFile(sha256), aBlob(`${sha256}/1`));
  const second = await insertFileAndBlob(db, aFile(sha256), aBlob(`${sha256}/2`));
  expect(second).toEqual(first);
  expect(first.objectKey).toBe(`${sha256}/1`);
  expect(await findFile(db, first)).toEqual(first);
});

test('two owners have a file each of one blob', async () => {
  const sha256 = aHash();
  const other = await givenUser(db);
  const mine = await insertFileAndBlob(db, aFile(sha256), aBlob(`${sha256}/1`));
  const theirs = await insertFileOfBlob(db, aFile(sha256, other));
  expect(theirs).toMatchObject({ ownerId: other, objectKey: mine.objectKey });
  expect(theirs?.id).not.toBe(mine.id);
  expect(await findFile(db, { id: mine.id, ownerId: other })).toBeNull();
});

test('new use saves a condemned blob and revives a deleted file', async () => {
  const sha256 = aHash();
  const file = await insertFileAndBlob(db, aFile(sha256), aBlob(`${sha256}/1`));
  await db.query('UPDATE files SET deleted_at = now() WHERE id = $1', [file.id]);
  await db.query('UPDATE blobs SET condemned_at = now() WHERE sha256 = $1', [sha256]);
  expect(await findFile(db, file)).toBeNull();
  expect(await insertFileOfBlob(db, aFile(sha256))).toEqual(file);
  expect(await condemnedAt(sha256)).toBeNull();
  expect(await findFile(db, file)).toEqual(file);
});
