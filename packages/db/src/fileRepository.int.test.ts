import { randomBytes } from 'node:crypto';
import { newId } from '@avatarforge/core';
import { countOrphans, deleteOrphans, emptyTrash, releaseBlobs } from './cleanUpRepository';
import type { Database } from './database';
import {
  deleteFile,
  findFile,
  insertFile,
  reviveFile,
  type FileRecord,
  type NewFile,
} from './fileRepository';
import { givenDatabase, givenUser } from './fixtures/givenPool';
import { deleteGeneration } from './generationRepository';
import {
  announceObject,
  claimLooseObjects,
  condemnUnknownObjects,
  findUnknownObjects,
  forgetLooseObject,
} from './looseObjectRepository';
import { insertGeneration } from './newGenerationRepository';

let db: Database;
let ownerId: string;
beforeAll(async () => {
  db = await givenDatabase();
  ownerId = await givenUser(db);
}, 60_000);

const NOW = { ageMs: 0, limit: 100 };
const aHash = () => randomBytes(32).toString('hex');
const aFile = (sha256: string, owner = ownerId): NewFile => ({
  id: newId(),
  ownerId: owner,
  kind: 'pose',
  filename: 'pose.png',
  sha256,
});

/** What an upload writes, beside the bytes. */
async function store(file: NewFile, objectKey: string): Promise<FileRecord> {
  await announceObject(db, objectKey);
  const facts = { size: 10, storedSize: 10, mimeType: 'image/png', width: 64, height: 64 };
  return insertFile(db, file, { objectKey, ...facts });
}

async function drawFrom(file: FileRecord): Promise<string> {
  const id = newId();
  const generation = { id, ownerId: file.ownerId, prompt: '', negativePrompt: '', inputs: {} };
  const nothing = { workflow: 'graph', notes: [], shots: [], request: {}, retryOf: null };
  const files = [{ fileId: file.id, role: 'pose' }];
  await insertGeneration(db, { ...generation, ...nothing, files });
  return id;
}

const finish = (id: string) =>
  db.query(`UPDATE generations SET status = 'failed', finished_at = now() WHERE id = $1`, [id]);
const blobsOf = (sha256: string) =>
  db.query<{ object_key: string; condemned_at: Date | null }>(
    'SELECT object_key, condemned_at FROM blobs WHERE sha256 = $1',
    [sha256],
  );

test('bytes that the owner has not sent are of no file of theirs', async () => {
  const sha256 = aHash();
  const other = await givenUser(db);
  await store(aFile(sha256, other), `${sha256}/1`);
  expect(await reviveFile(db, aFile(sha256))).toBeNull();
});

test('of two objects with the same bytes the first is kept, the other is to be deleted', async () => {
  const sha256 = aHash();
  const first = await store(aFile(sha256), `${sha256}/1`);
  const second = await store(aFile(sha256), `${sha256}/2`);
  expect(second).toEqual(first);
  expect(await findFile(db, first)).toEqual(first);
  expect(await claimLooseObjects(db, 100)).toEqual([`${sha256}/2`]);
  await forgetLooseObject(db, `${sha256}/2`);
  expect(await claimLooseObjects(db, 100)).toEqual([]);
});

test('two owners have a file each of one blob', async () => {
  const sha256 = aHash();
  const mine = await store(aFile(sha256), `${sha256}/1`);
  const theirs = await store(aFile(sha256, await givenUser(db)), `${sha256}/2`);
  expect(theirs.objectKey).toBe(mine.objectKey);
  expect(theirs.id).not.toBe(mine.id);
  expect(await findFile(db, { id: mine.id, ownerId: theirs.ownerId })).toBeNull();
});

test('an object that was cleaned up before it was named cannot be named', async () => {
  const sha256 = aHash();
  const key = `${sha256}/1`;
  await announceObject(db, key, 0);
  expect(await claimLooseObjects(db, 100)).toContain(key);
  const facts = { size: 1, storedSize: 1, mimeType: 'image/png', width: 64, height: 64 };
  await expect(insertFile(db, aFile(sha256), { objectKey: key, ...facts })).rejects.toMatchObject({
    dependency: 'storage',
  });
  expect(await findFile(db, aFile(sha256))).toBeNull();
});

test('a file that no generation needs is deleted for good, and its blob condemned', async () => {
  const sha256 = aHash();
  const file = await store(aFile(sha256), `${sha256}/1`);
  expect(await deleteFile(db, { ...file, force: false })).toBe('deleted');
  expect(await deleteFile(db, { ...file, force: false })).toBeNull();
  expect((await blobsOf(sha256))[0]?.condemned_at).toBeInstanceOf(Date);
  await releaseBlobs(db, NOW);
  expect(await blobsOf(sha256)).toEqual([]);
  expect(await claimLooseObjects(db, 100)).toContain(`${sha256}/1`);
});

test('the same bytes sent again save a condemned blob', async () => {
  const sha256 = aHash();
  const file = await store(aFile(sha256), `${sha256}/1`);
  await deleteFile(db, { ...file, force: false });
  await store(aFile(sha256), `${sha256}/2`);
  await releaseBlobs(db, NOW);
  expect(await blobsOf(sha256)).toEqual([{ object_key: `${sha256}/1`, condemned_at: null }]);
});

test('a condemned blob that another owner names is pardoned', async () => {
  const sha256 = aHash();
  const mine = await store(aFile(sha256), `${sha256}/1`);
  await store(aFile(sha256, await givenUser(db)), `${sha256}/2`);
  await deleteFile(db, { ...mine, force: false });
  await releaseBlobs(db, NOW);
  expect(await blobsOf(sha256)).toEqual([{ object_key: `${sha256}/1`, condemned_at: null }]);
});

test('a file that a generation needs is hidden, revived by its bytes, and goes with the trash', async () => {
  const sha256 = aHash();
  const file = await store(aFile(sha256), `${sha256}/1`);
  const generation = await drawFrom(file);
  expect(await deleteFile(db, { ...file, force: false })).toBe('hidden');
  expect(await findFile(db, file)).toBeNull();
  expect(await reviveFile(db, aFile(sha256))).toEqual(file);

  await deleteFile(db, { ...file, force: false });
  await finish(generation);
  await deleteGeneration(db, { id: generation, ownerId });
  await emptyTrash(db, 0);
  expect(await reviveFile(db, aFile(sha256))).toBeNull();
});

test('force takes a file from finished generations, and not from others', async () => {
  const sha256 = aHash();
  const file = await store(aFile(sha256), `${sha256}/1`);
  const generation = await drawFrom(file);
  expect(await deleteFile(db, { ...file, force: true })).toBe('in_use');
  expect(await findFile(db, file)).toEqual(file);
  await finish(generation);
  expect(await deleteFile(db, { ...file, force: false })).toBe('hidden');
  expect(await deleteFile(db, { ...file, force: true })).toBe('deleted');
});

test('only files that nobody needs or used lately are orphans', async () => {
  const [unused, needed, fresh] = await Promise.all(
    [aHash(), aHash(), aHash()].map((sha256) => store(aFile(sha256), `${sha256}/1`)),
  );
  await drawFrom(needed!);
  await db.query(`UPDATE files SET used_at = now() - interval '3 days' WHERE id = ANY ($1)`, [
    [unused!.id, needed!.id],
  ]);
  const ageMs = 2 * 86_400_000;
  expect(await countOrphans(db, ageMs)).toBe(1);
  const another = await givenUser(db);
  expect(await deleteOrphans(db, { ageMs, limit: 10, ownerId: another })).toBe(0);
  expect(await deleteOrphans(db, { ageMs, limit: 10, ownerId })).toBe(1);
  expect(await findFile(db, unused!)).toBeNull();
  expect(await findFile(db, needed!)).not.toBeNull();
  expect(await findFile(db, fresh!)).not.toBeNull();
});

test('a generation cannot be drawn from a file that was deleted meanwhile', async () => {
  const sha256 = aHash();
  const file = await store(aFile(sha256), `${sha256}/1`);
  await deleteFile(db, { ...file, force: false });
  const generation = { id: newId(), ownerId, prompt: '', negativePrompt: '', inputs: {} };
  const nothing = { workflow: 'graph', notes: [], shots: [], request: {}, retryOf: null };
  const files = [{ fileId: file.id, role: 'pose' }];
  expect(await insertGeneration(db, { ...generation, ...nothing, files })).toBe('file_gone');
});

test('objects are unknown when neither a blob nor a writer names them', async () => {
  const sha256 = aHash();
  await store(aFile(sha256), `${sha256}/named`);
  await announceObject(db, `${sha256}/announced`);
  const keys = ['named', 'announced', 'unknown'].map((name) => `${sha256}/${name}`);
  expect(await findUnknownObjects(db, keys)).toEqual([`${sha256}/unknown`]);
  expect(await condemnUnknownObjects(db, keys)).toBe(1);
  expect(await condemnUnknownObjects(db, keys)).toBe(0);
  expect(await claimLooseObjects(db, 100)).toContain(`${sha256}/unknown`);
});
