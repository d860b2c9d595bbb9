import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { newId } from '@avatarforge/core';
import { Problem } from '@avatarforge/contracts';
import { pictureBytes } from './fixtures/pictures';
import { readAnswer, startTestApi, type TestApi } from './fixtures/startTestApi';

let api: TestApi;
let ann: Record<string, string>;
let bob: Record<string, string>;
let admin: Record<string, string>;
beforeAll(async () => {
  api = await startTestApi({ auth: true });
  const as = (key: string) => ({ Authorization: `Bearer ${key}` });
  ann = as(await api.createKey('ann'));
  bob = as(await api.createKey('bob'));
  admin = as(await api.createKey('root', ['admin', 'files:read', 'files:write']));
}, 60_000);

const codeOf = async (response: Response) => Problem.parse(await response.json()).code;

async function upload(headers: Record<string, string>, bytes?: Buffer) {
  const body = bytes ?? (await anotherPicture());
  return readAnswer('uploadFile', await api.upload('/v1/files', body, { headers }));
}

let colour = 0;
function anotherPicture(): Promise<Buffer> {
  colour += 1;
  return pictureBytes({ colour: `#${colour.toString(16).padStart(6, '0')}` });
}

/** A generation of the file's owner that draws from it, in this state. */
async function drawnFrom(fileId: string, status: string): Promise<string> {
  const id = newId();
  await api.database.query(
    `WITH g AS (
       INSERT INTO generations (id, owner_id, status, prompt, negative_prompt, inputs, workflow, shots_total, finished_at)
         SELECT $1, owner_id, $3, 'x', '', '{}', 'graph', 1, CASE WHEN $3 <> 'queued' THEN now() END FROM files WHERE id = $2
         RETURNING id
     ) INSERT INTO generation_files (generation_id, file_id, role) SELECT id, $2, 'pose' FROM g`,
    [id, fileId, status],
  );
  return id;
}

describe('a file of somebody else', () => {
  test.each([
    ['GET', '/v1/files/ID'],
    ['GET', '/v1/files/ID/content'],
    ['DELETE', '/v1/files/ID'],
    ['DELETE', '/v1/files/ID?force=true'],
    ['GET', '/avatarforge-controller/files/ID'],
    ['DELETE', '/avatarforge-controller/files/ID'],
  ])('is as unknown as one of nobody: %s %s', async (method, path) => {
    const file = await upload(ann);
    const ask = async (id: string) => {
      const response = await api.fetch(path.replace('ID', id), { method, headers: bob });
      return { ...Problem.parse(await response.json()), request_id: '' };
    };
    expect(await ask(file.id)).toEqual(await ask(newId()));
    const mine = await api.fetch(`/v1/files/${file.id}`, { headers: ann });
    expect(mine.status).toBe(200);
  });

  test('is not told by its hash, nor by its bytes', async () => {
    const bytes = await anotherPicture();
    const file = await upload(ann, bytes);
    const byHash = `/v1/files/by-hash/${file.content_hash}`;
    expect(await codeOf(await api.fetch(byHash, { headers: bob }))).toBe('not_found');
    const headers = bob;
    const sent = await api.upload('/avatarforge-controller/upload/pose_image', bytes, { headers });
    const theirs = await readAnswer('uploadPoseImage', sent);
    expect(theirs).toMatchObject({ is_duplicate: false, content_hash: file.content_hash });
    expect(theirs.file_id).not.toBe(file.id);
  });

  test('is in nobody else’s list', async () => {
    await upload(ann);
    const carol = { Authorization: `Bearer ${await api.createKey('carol')}` };
    const list = await readAnswer('listFiles', await api.fetch('/v1/files', { headers: carol }));
    expect(list).toEqual({ data: [], next_cursor: null, has_more: false });
  });
});

test('a list comes page by page, newest first, each file once', async () => {
  const dora = { Authorization: `Bearer ${await api.createKey('dora')}` };
  const files = [];
  for (let n = 0; n < 5; n++) files.push(await upload(dora));
  const seen: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const query: string = cursor ? `&cursor=${cursor}` : '';
    const answer = await api.fetch(`/v1/files?limit=2${query}`, { headers: dora });
    const page = await readAnswer('listFiles', answer);
    seen.push(...page.data.map(({ id }) => id));
    cursor = page.next_cursor;
  }
  expect(seen).toEqual(files.map(({ id }) => id).reverse());
});

test('HEAD of a hash says whether one has the bytes', async () => {
  const file = await upload(ann);
  const ask = (hash: string) =>
    api.fetch(`/v1/files/by-hash/${hash}`, { method: 'HEAD', headers: ann });
  expect((await ask(file.content_hash)).status).toBe(200);
  expect((await ask(file.content_hash.toUpperCase())).status).toBe(200);
  expect((await ask('0'.repeat(64))).status).toBe(404);
});

describe('deleting', () => {
  const remove = (id: string, force = false) =>
    api.fetch(`/v1/files/${id}?force=${force}`, { method: 'DELETE', headers: ann });
  const look = (id: string) => api.fetch(`/v1/files/${id}`, { headers: ann });

  test('of two at once one succeeds', async () => {
    const { id } = await upload(ann);
    const answers = await Promise.all([remove(id), remove(id), remove(id)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 404, 404]);
  });

  test('a file that is drawn from is hidden and kept; sent again, it is back', async () => {
    const bytes = await anotherPicture();
    const file = await upload(ann, bytes);
    await drawnFrom(file.id, 'queued');
    expect((await remove(file.id)).status).toBe(204);
    expect((await look(file.id)).status).toBe(404);
    expect((await api.fetch(file.urls.content, { headers: ann })).status).toBe(404);
    expect((await upload(ann, bytes)).id).toBe(file.id);
    expect((await look(file.id)).status).toBe(200);
  });

  test('by force takes it from finished generations and from no others', async () => {
    const file = await upload(ann);
    const generation = await drawnFrom(file.id, 'queued');
    const refused = await remove(file.id, true);
    expect([refused.status, await codeOf(refused)]).toEqual([409, 'file_in_use']);
    await api.database.query(`UPDATE generations SET status = 'completed' WHERE id = $1`, [
      generation,
    ]);
    expect((await remove(file.id, true)).status).toBe(204);
    expect(await api.database.query('SELECT 1 FROM files WHERE id = $1', [file.id])).toEqual([]);
  });

  test.each(['maybe', '2', 'null'])('force=%s is refused', async (force) => {
    const { id } = await upload(ann);
    const response = await api.fetch(`/v1/files/${id}?force=${force}`, {
      method: 'DELETE',
      headers: ann,
    });
    expect(await codeOf(response)).toBe('validation_failed');
    expect((await look(id)).status).toBe(200);
  });
});

describe('cleaning up', () => {
  const ageAll = () => api.database.query(`UPDATE files SET used_at = now() - interval '40 days'`);
  const cleanUp = (headers: Record<string, string>, body: object) =>
    api.postJson('/v1/maintenance/cleanup', body, headers);
  const orphans = async (headers: Record<string, string>, days: number) => {
    const path = `/avatarforge-controller/cleanup/orphaned-files?days=${days}`;
    return readAnswer('cleanUpOrphans', await api.fetch(path, { method: 'POST', headers }));
  };

  test('is for administrators, whole', async () => {
    expect(await codeOf(await cleanUp(ann, {}))).toBe('insufficient_scope');
    const report = await readAnswer('cleanUp', await cleanUp(admin, { dry_run: true }));
    expect(report.dry_run).toBe(true);
  });

  test('of one’s own orphans leaves what is used, fresh, or of others', async () => {
    const [unused, used, ofBob] = [await upload(ann), await upload(ann), await upload(bob)];
    await drawnFrom(used.id, 'completed');
    await ageAll();
    const fresh = await upload(ann);
    const { files_deleted } = await orphans(ann, 30);
    expect(files_deleted).toBeGreaterThan(0);
    const statusOf = async (id: string, headers: Record<string, string>) =>
      (await api.fetch(`/v1/files/${id}`, { headers })).status;
    expect(await statusOf(unused.id, ann)).toBe(404);
    expect(await statusOf(used.id, ann)).toBe(200);
    expect(await statusOf(fresh.id, ann)).toBe(200);
    expect(await statusOf(ofBob.id, bob)).toBe(200);
    expect((await orphans(ann, 30)).files_deleted).toBe(0);
  });

  test('a dry run says what would go, and lets it be', async () => {
    const { id } = await upload(bob);
    await ageAll();
    const dry = await readAnswer('cleanUp', await cleanUp(admin, { days: 30, dry_run: true }));
    expect(dry.orphaned_files).toBeGreaterThan(0);
    expect((await api.fetch(`/v1/files/${id}`, { headers: bob })).status).toBe(200);
    const done = await readAnswer('cleanUp', await cleanUp(admin, { days: 30 }));
    expect(done.orphaned_files).toBe(dry.orphaned_files);
    expect((await api.fetch(`/v1/files/${id}`, { headers: bob })).status).toBe(404);
  });

  test('bytes go when the grace is over, and not before', async () => {
    const file = await upload(ann);
    const count = async () => {
      const keys: string[] = [];
      for await (const { key } of api.storage.list(`sha256/${file.content_hash}/`)) keys.push(key);
      return keys.length;
    };
    await api.fetch(`/v1/files/${file.id}`, { method: 'DELETE', headers: ann });
    await cleanUp(admin, {});
    expect(await count()).toBe(1);
    await api.database.query(
      `UPDATE blobs SET condemned_at = now() - interval '2 h' WHERE sha256 = $1`,
      [file.content_hash],
    );
    const report = await readAnswer('cleanUp', await cleanUp(admin, {}));
    expect(report.blobs).toBe(1);
    expect(await count()).toBe(0);
  });
});

test('where pictures are kept in a folder, none is taken past the API', async () => {
  const body = { filename: 'a.png', size: 100, mime_type: 'image/png' };
  const response = await api.postJson('/v1/files/uploads', body, ann);
  expect([response.status, await codeOf(response)]).toEqual([409, 'direct_upload_unavailable']);
});

describe('bytes that were lost from the storage', () => {
  const lose = async (sha256: string) => {
    for await (const { key } of api.storage.list(`sha256/${sha256}/`))
      await api.storage.delete(key);
  };
  const contentOf = (file: { urls: { content: string } }, headers = ann) =>
    api.fetch(file.urls.content, { headers });

  test('are had again when their owner, or anybody, sends them again', async () => {
    const bytes = await anotherPicture();
    const mine = await upload(ann, bytes);
    await lose(mine.content_hash);
    expect((await contentOf(mine)).status).toBe(500);
    expect((await upload(ann, bytes)).id).toBe(mine.id);
    expect((await contentOf(mine)).status).toBe(200);

    await lose(mine.content_hash);
    const theirs = await upload(bob, bytes);
    expect((await contentOf(theirs, bob)).status).toBe(200);
    expect((await contentOf(mine)).status).toBe(200);
  });
});

describe('what a generation made is no upload until it is checked', () => {
  /** A File of ann's that a generation made of these bytes. */
  async function givenOutput(bytes: Buffer, mimeType: string): Promise<string> {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const key = `sha256/${sha256}/0123456789abcdef`;
    await api.storage.put(key, Readable.from([bytes]), {
      size: bytes.length,
      contentType: mimeType,
    });
    await api.database.query(
      `WITH b AS (INSERT INTO blobs (sha256, object_key, size, mime_type) VALUES ($1, $2, $3, $4))
       INSERT INTO files (id, owner_id, sha256, kind, filename) SELECT $5, id, $1, 'output', 'x' FROM users WHERE name = 'ann'`,
      [sha256, key, bytes.length, mimeType, newId()],
    );
    return sha256;
  }
  const sendPose = (bytes: Buffer, headers: Record<string, string>) =>
    api.upload('/avatarforge-controller/upload/pose_image', bytes, { headers });

  test('a text of one’s own is refused as a picture', async () => {
    const bytes = Buffer.from('a text that a node showed');
    await givenOutput(bytes, 'text/plain');
    expect(await codeOf(await sendPose(bytes, ann))).toBe('unsupported_media_type');
  });

  test.each(['ann', 'bob'])('a picture under another name is one when %s sends it', async (who) => {
    const bytes = await anotherPicture();
    await givenOutput(bytes, 'application/octet-stream');
    const sent = await sendPose(bytes, who === 'ann' ? ann : bob);
    const file = await readAnswer('uploadPoseImage', sent);
    expect(file).toMatchObject({ mime_type: 'image/png', dimensions: { width: 96, height: 80 } });
  });
});

test('one object that cannot be deleted keeps no other from it', async () => {
  const [stuck, other] = [await upload(ann), await upload(ann)];
  for (const { id } of [stuck, other]) {
    await api.fetch(`/v1/files/${id}`, { method: 'DELETE', headers: ann });
  }
  await api.database.query(
    `UPDATE blobs SET condemned_at = now() - interval '2 h' WHERE condemned_at IS NOT NULL`,
  );
  await api.database.query(
    `INSERT INTO loose_objects (object_key, delete_after) VALUES ('sha256/.DS_Store', now() - interval '1 day')`,
  );
  await api.postJson('/v1/maintenance/cleanup', {}, admin);
  for (const { content_hash } of [stuck, other]) {
    const keys: string[] = [];
    for await (const { key } of api.storage.list(`sha256/${content_hash}/`)) keys.push(key);
    expect(keys).toEqual([]);
  }
  await api.database.query(`DELETE FROM loose_objects WHERE object_key = 'sha256/.DS_Store'`);
});

test('a scan leaves alone what cannot be ours', async () => {
  await writeFile(join(api.storageRoot, 'sha256/notes.txt'), 'mine');
  const report = await readAnswer(
    'cleanUp',
    await api.postJson('/v1/maintenance/cleanup', { scan_storage: true }, admin),
  );
  expect(report.unknown_objects).toBe(0);
});
