import { mkdir, mkdtemp, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createDiskStorage, StorageUnavailableError } from './index';

const DAY_S = 86_400;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'avatarforge-disk-'));
});
afterEach(() => rm(folder, { recursive: true }));

const openStorage = () => createDiskStorage({ root: join(folder, 'objects') });
const body = () => Readable.from([Buffer.from('x')]);
const options = { size: 1, contentType: 'image/png' };

describe('createDiskStorage', () => {
  it('keeps objects from other users of the machine', async () => {
    await openStorage().put('sha256/h/n', body(), options);
    for (const path of ['', 'sha256', 'sha256/h']) {
      expect((await stat(join(folder, 'objects', path))).mode & 0o777).toBe(0o700);
    }
    expect((await stat(join(folder, 'objects/sha256/h/n'))).mode & 0o777).toBe(0o600);
  });

  it('leaves nothing behind of a body that failed or an object deleted', async () => {
    const storage = openStorage();
    await expect(storage.put('a/b', body(), { ...options, size: 2 })).rejects.toThrow(
      'ended after',
    );
    await storage.put('sha256/h/n', body(), options);
    await storage.delete('sha256/h/n');
    expect(await readdir(join(folder, 'objects'), { recursive: true })).toEqual(['.incoming']);
  });

  it('knows nothing of its objects while its folder is away', async () => {
    const storage = openStorage();
    expect(await storage.head('sha256/h/n')).toBeNull();
    await storage.put('sha256/h/n', body(), options);
    const root = join(folder, 'objects');
    await rename(root, `${root}.away`);
    await writeFile(root, '');
    await expect(storage.head('sha256/h/n')).rejects.toThrow(StorageUnavailableError);
    await expect(storage.get('sha256/h/n')).rejects.toThrow(StorageUnavailableError);
    await expect(storage.put('sha256/h/m', body(), options)).rejects.toThrow(
      StorageUnavailableError,
    );
    await rm(root);
    await rename(`${root}.away`, root);
    expect(await storage.head('sha256/h/n')).toEqual({ size: 1 });
  });

  it('stores an object while the folder it goes to is being removed as empty', async () => {
    const storage = openStorage();
    for (let round = 0; round < 20; round++) {
      await storage.put('sha256/h/old', body(), options);
      await Promise.all([
        storage.delete('sha256/h/old'),
        storage.put('sha256/h/new', body(), options),
      ]);
      expect(await storage.head('sha256/h/new')).toEqual({ size: 1 });
      await storage.delete('sha256/h/new');
    }
  });

  it('removes what killed processes left unfinished that long ago alone, and lists none of it', async () => {
    const incoming = join(folder, 'objects/.incoming');
    await mkdir(incoming, { recursive: true });
    const longAgo = Date.now() / 1000 - DAY_S - 1;
    await writeFile(join(incoming, 'old'), 'x');
    await utimes(join(incoming, 'old'), longAgo, longAgo);
    await writeFile(join(incoming, 'new'), 'x');

    const storage = openStorage();
    await storage.check();
    expect(await storage.removeUnfinished('', DAY_S * 1000)).toBe(1);
    expect(await readdir(incoming)).toEqual(['new']);
    for await (const { key } of storage.list('')) expect(key).toBe('nothing');
  });

  it('says that the disk failed', async () => {
    await writeFile(join(folder, 'objects'), 'not a folder');
    await expect(openStorage().check()).rejects.toThrow(StorageUnavailableError);
  });
});
