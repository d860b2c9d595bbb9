import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterTests } from '@avatarforge/testing';
import { anotherPicture, hashOf } from '../fixtures/pictures';
import type { Api } from './api';
import { WISH } from './wishes';

/** Native v1: files. */
export function files(api: Api): void {
  const upload = async (bytes: Buffer) =>
    (await api.ask('uploadFile', { picture: { bytes, filename: 'elf.png' } })).body;
  const at = (id: string) => ({ params: { id } });

  describe('a file of v1', () => {
    test('is stored once, and shown as it was', async () => {
      const bytes = await anotherPicture();
      const file = await upload(bytes);
      expect(file).toMatchObject({
        kind: 'reference',
        filename: 'elf.png',
        content_hash: hashOf(bytes),
        size: bytes.length,
        mime_type: 'image/png',
        width: 96,
        height: 80,
        urls: { self: `/v1/files/${file.id}`, content: `/v1/files/${file.id}/content` },
      });
      expect(await upload(bytes)).toEqual(file);
      expect((await api.ask('getFile', at(file.id))).body).toEqual(file);
    });

    test('is fetched from its address where an operator allows that', async () => {
      const bytes = await anotherPicture();
      const server = createServer((_req, res) => res.end(bytes)).listen(0, '127.0.0.1');
      await once(server, 'listening');
      afterTests(async () => {
        server.close();
        await once(server, 'close');
      });
      const { port } = server.address() as AddressInfo;
      const body = { url: `http://127.0.0.1:${port}/elf.png` };
      const { body: file } = await api.ask('importFile', { body });
      expect(file).toMatchObject({ filename: 'elf.png', content_hash: hashOf(bytes) });
      const inside = { body: { url: 'https://10.0.0.1/elf.png' } };
      await api.refused('importFile', 'url_not_fetched', inside);
    });

    test('stands in the list once, page by page, newest first', async () => {
      const ids: string[] = [];
      for (let n = 0; n < 3; n += 1) ids.unshift((await upload(await anotherPicture())).id);
      const seen: string[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const query: Record<string, string> = { limit: '2', ...(cursor && { cursor }) };
        const { body: page } = await api.ask('listFiles', {
          query: { ...query, kind: 'reference' },
        });
        expect(page.data.map(({ kind }) => kind)).not.toContain('pose');
        seen.push(...page.data.map(({ id }) => id));
        cursor = page.next_cursor;
      }
      expect(seen.slice(0, 3)).toEqual(ids);
      expect(new Set(seen).size).toBe(seen.length);
    });

    test('is found by the hash of its bytes, also by HEAD', async () => {
      const file = await upload(await anotherPicture());
      const known = { params: { sha256: file.content_hash } };
      expect((await api.ask('findFileByHash', known)).body).toEqual(file);
      expect((await api.ask('findFileByHash', { ...known, isHead: true })).bytes).toHaveLength(0);
      const unknown = { params: { sha256: hashOf(Buffer.from('none')) } };
      await api.refused('findFileByHash', 'not_found', unknown);
      await api.ask('findFileByHash', { ...unknown, isHead: true, status: 404 });
    });

    test('that is deleted is gone', async () => {
      const { id, content_hash } = await upload(await anotherPicture());
      await api.ask('deleteFile', at(id));
      for (const name of ['getFile', 'getFileContent', 'deleteFile'] as const) {
        await api.refused(name, 'not_found', at(id));
      }
      await api.refused('findFileByHash', 'not_found', { params: { sha256: content_hash } });
      const { body: page } = await api.ask('listFiles', { query: { limit: 100 } });
      expect(page.data.map((file) => file.id)).not.toContain(id);
    });

    test('that is taken from its generation leaves it its pictures', async () => {
      const { id } = await upload(await anotherPicture());
      const body = { ...WISH, reference_file_id: id, allow_fallback: true };
      const headers = { prefer: 'wait=30' };
      const { body: made } = await api.ask('createGeneration', { body, headers, status: 200 });
      await api.ask('deleteFile', { ...at(id), query: { force: true } });
      const { body: left } = await api.ask('getGeneration', at(made.id));
      expect(left.outputs).toEqual(made.outputs);
      await api.ask('getFileContent', at(left.outputs[0]!.file_id));
    });
  });

  describe('the content of a file', () => {
    let bytes: Buffer;
    let content: { params: { id: string } };
    beforeAll(async () => {
      bytes = await anotherPicture();
      content = at((await upload(bytes)).id);
    });

    test('never changes, and may be kept for ever', async () => {
      const { headers, bytes: all } = await api.ask('getFileContent', content);
      expect(all.equals(bytes)).toBe(true);
      expect(Object.fromEntries(headers)).toMatchObject({
        'content-type': 'image/png',
        'content-length': String(bytes.length),
        'accept-ranges': 'bytes',
        'cache-control': 'public, max-age=31536000, immutable',
        etag: `"${hashOf(bytes)}"`,
      });
    });

    test('is not sent to who has it', async () => {
      const headers = { 'if-none-match': `"${hashOf(bytes)}"` };
      const answer = await api.ask('getFileContent', { ...content, headers, status: 304 });
      expect(answer.bytes).toHaveLength(0);
    });

    test('is told by HEAD alone', async () => {
      const answer = await api.ask('getFileContent', { ...content, isHead: true });
      expect(answer.headers.get('content-length')).toBe(String(bytes.length));
      expect(answer.bytes).toHaveLength(0);
    });

    test.each([
      ['bytes=0-3', 0, 4],
      ['bytes=10-', 10, undefined],
      ['bytes=-5', -5, undefined],
    ])('comes in parts: %s', async (range, start, end) => {
      const answer = await api.ask('getFileContent', {
        ...content,
        headers: { range },
        status: 206,
      });
      const part = bytes.subarray(start, end);
      expect(answer.bytes.equals(part)).toBe(true);
      const from = bytes.indexOf(part);
      expect(answer.headers.get('content-range')).toBe(
        `bytes ${from}-${from + part.length - 1}/${bytes.length}`,
      );
    });
  });
}
