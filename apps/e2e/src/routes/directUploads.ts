import { randomUUID } from 'node:crypto';
import type { Store } from '../fixtures/stores';
import { anotherPicture, hashOf } from '../fixtures/pictures';
import type { Api } from './api';

/** Native v1: pictures sent past the API, where the store takes them. */
export function directUploads(api: Api, store: Store['store']): void {
  const start = (bytes: Buffer) => ({
    body: { filename: 'orc.png', size: bytes.length, mime_type: 'image/png', kind: 'pose' },
  });
  const noUpload = () => ({ params: { id: randomUUID() } });

  describe('a direct upload', () => {
    if (store === 'disk') {
      test('is refused where pictures are kept in a folder', async () => {
        const asked = start(await anotherPicture());
        await api.refused('startUpload', 'direct_upload_unavailable', asked);
        await api.refused('completeUpload', 'not_found', noUpload());
      });
      return;
    }

    const put = (to: { url: string; headers: Record<string, string> }, bytes: Buffer) =>
      fetch(to.url, { method: 'PUT', headers: to.headers, body: new Uint8Array(bytes) });

    test('goes to the store, and is a file once it is completed', async () => {
      const bytes = await anotherPicture();
      const { body: to } = await api.ask('startUpload', start(bytes));
      expect(Date.parse(to.expires_at)).toBeGreaterThan(Date.now());
      const upload = { params: { id: to.id } };
      await api.refused('completeUpload', 'upload_incomplete', upload);

      expect((await put(to, bytes)).status).toBe(200);
      const { body: file } = await api.ask('completeUpload', upload);
      expect(file).toMatchObject({
        kind: 'pose',
        filename: 'orc.png',
        content_hash: hashOf(bytes),
        width: 96,
        height: 80,
      });
      const { bytes: served } = await api.ask('getFileContent', { params: { id: file.id } });
      expect(served.equals(bytes)).toBe(true);
      expect((await api.ask('completeUpload', upload)).body).toEqual(file);
    });

    test('takes no other size than was said', async () => {
      const bytes = await anotherPicture();
      const { body: to } = await api.ask('startUpload', start(bytes));
      const longer = Buffer.concat([bytes, Buffer.from('more')]);
      const headers = { ...to.headers, 'content-length': String(longer.length) };
      expect((await put({ ...to, headers }, longer)).status).toBe(403);
      await api.refused('completeUpload', 'upload_incomplete', { params: { id: to.id } });
    });

    test('of what is no picture makes no file', async () => {
      const bytes = Buffer.from('#!/bin/sh');
      const { body: to } = await api.ask('startUpload', start(bytes));
      await put(to, bytes);
      await api.refused('completeUpload', 'unsupported_media_type', { params: { id: to.id } });
      const params = { sha256: hashOf(bytes) };
      await api.refused('findFileByHash', 'not_found', { params });
    });

    test('that was never started cannot be completed', async () => {
      await api.refused('completeUpload', 'not_found', noUpload());
    });
  });
}
