import { randomUUID } from 'node:crypto';
import { anotherPicture, colourAt, facts, hashOf, photo } from '../fixtures/pictures';
import type { Api } from './api';
import { drawn, LONG_WISH, WISH } from './wishes';

/** The original contract: files. */
export function originalFiles(api: Api): void {
  const upload = async (bytes: Buffer, filename = 'picture.png') =>
    (await api.ask('uploadPoseImage', { picture: { bytes, filename } })).body;
  const at = (file_id: string) => ({ params: { file_id } });
  const byHash = async (content_hash: string) =>
    (await api.ask('findOriginalFileByHash', { params: { content_hash } })).body;

  describe('a picture sent by the original contract', () => {
    test.each(['png', 'jpeg', 'webp'] as const)('%s comes back byte for byte', async (format) => {
      const bytes = await anotherPicture(format);
      const filename = `knight.${format}`;
      const picture = { bytes, filename };
      const { body: file } = await api.ask('uploadReferenceImage', { picture });
      expect(file).toMatchObject({
        filename,
        content_hash: hashOf(bytes),
        size: bytes.length,
        mime_type: `image/${format}`,
        dimensions: { width: 96, height: 80 },
        url: `/avatarforge-controller/files/${file.file_id}`,
        is_duplicate: false,
      });

      const answer = await api.ask('downloadFile', at(file.file_id));
      expect(answer.bytes.equals(bytes)).toBe(true);
      expect(answer.headers.get('content-type')).toBe(file.mime_type);
      expect(answer.headers.get('content-length')).toBe(String(bytes.length));
      expect(answer.headers.get('content-disposition')).toContain(`filename="${filename}"`);
    });

    test('is the same file when it is sent again, as whatever', async () => {
      const bytes = await anotherPicture();
      const first = await upload(bytes);
      const { body: again } = await api.ask('uploadReferenceImage', { picture: { bytes } });
      expect(again).toEqual({ ...first, is_duplicate: true });
    });

    test('is found by the hash of its bytes', async () => {
      const { file_id, content_hash } = await upload(await anotherPicture());
      expect(await byHash(content_hash)).toMatchObject({ exists: true, file_id });
      expect(await byHash(hashOf(Buffer.from('none')))).toMatchObject({
        exists: false,
        file_id: null,
      });
    });

    test('is served upright and without the place where it was taken', async () => {
      const bytes = await photo();
      expect((await facts(bytes)).exif).toBeDefined();
      const file = await upload(bytes, 'phone.jpg');
      expect(file).toMatchObject({
        content_hash: hashOf(bytes),
        size: bytes.length,
        dimensions: { width: 80, height: 96 },
      });

      const { bytes: served } = await api.ask('downloadFile', at(file.file_id));
      const { format, width, height, exif, orientation } = await facts(served);
      expect({ format, width, height }).toEqual({ format: 'jpeg', width: 80, height: 96 });
      expect({ exif, orientation }).toEqual({ exif: undefined, orientation: undefined });
      expect(served.includes('Exif')).toBe(false);
      expect(await colourAt(served, { left: 40, top: 8 })).toBe('red');
      expect(await colourAt(served, { left: 40, top: 88 })).toBe('blue');
    });

    test('is refused when it is none', async () => {
      const picture = { bytes: Buffer.from('#!/bin/sh'), filename: 'picture.png' };
      const problem = await api.refused('uploadPoseImage', 'unsupported_media_type', { picture });
      expect(typeof problem.detail).toBe('string');
      await api.refused('uploadPoseImage', 'invalid_upload', { body: {} });
    });
  });

  describe('a file deleted by the original contract', () => {
    const remove = (id: string, force = false) =>
      api.ask('deleteOriginalFile', { ...at(id), query: { force } });

    test('is gone at once, and another one when it is sent again', async () => {
      const bytes = await anotherPicture();
      const { file_id, content_hash } = await upload(bytes);
      expect((await remove(file_id)).body).toEqual({
        message: expect.any(String) as string,
        file_id,
      });
      await api.refused('downloadFile', 'not_found', at(file_id));
      await api.refused('deleteOriginalFile', 'not_found', at(file_id));
      expect(await byHash(content_hash)).toMatchObject({ exists: false, file_id: null });

      const again = await upload(bytes);
      expect(again.is_duplicate).toBe(false);
      expect((await api.ask('downloadFile', at(again.file_id))).bytes.equals(bytes)).toBe(true);
    });

    test('is kept for the generations drawn from it, and is back when it is sent again', async () => {
      const bytes = await anotherPicture();
      const { file_id } = await upload(bytes);
      const body = { ...WISH, pose_file_id: file_id };
      const { generation_id } = (await api.ask('generateAvatar', { body })).body;
      const before = await drawn(api, generation_id);

      expect((await remove(file_id)).body.message).toMatch(/kept/);
      await api.refused('downloadFile', 'not_found', at(file_id));
      await api.refused('generateAvatar', 'unknown_file', { body });
      expect(await drawn(api, generation_id)).toEqual(before);
      const [output] = before.output_files;
      expect((await api.page(output!.url)).status).toBe(200);

      expect(await upload(bytes)).toMatchObject({ file_id });
      expect((await api.ask('downloadFile', at(file_id))).bytes.equals(bytes)).toBe(true);
    });

    test('cannot be forced away from a generation that is not finished', async () => {
      const { file_id } = await upload(await anotherPicture());
      const body = { ...LONG_WISH, pose_file_id: file_id };
      const { generation_id: id } = (await api.ask('generateAvatar', { body })).body;
      await api.refused('deleteOriginalFile', 'file_in_use', {
        ...at(file_id),
        query: { force: true },
      });
      await api.ask('deleteAvatar', { params: { id } });
    });

    test.each([randomUUID(), 'no-id', '../../etc/passwd'])('%s is no file', async (id) => {
      await api.refused('downloadFile', 'not_found', at(id));
      await api.refused('deleteOriginalFile', 'not_found', at(id));
    });
  });
}
