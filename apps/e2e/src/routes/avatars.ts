import { randomUUID } from 'node:crypto';
import { POSE_NAMES } from '@avatarforge/contracts';
import { anotherPicture, facts, hashOf } from '../fixtures/pictures';
import type { Api } from './api';
import { drawn, WISH } from './wishes';

/** The original contract: generations. */
export function avatars(api: Api): void {
  const generate = async (wish: object = {}) =>
    (await api.ask('generateAvatar', { body: { ...WISH, ...wish } })).body;
  const list = async (query: Record<string, string | number> = {}) =>
    (await api.ask('listAvatars', { query })).body;

  describe('an avatar', () => {
    test('is accepted at once, and drawn', async () => {
      const wish = { clothing: 'blue armour', style: 'comic', realism: true, cfg: 5, seed: 7 };
      const accepted = await generate({ ...wish, sampler_name: 'euler', negative_prompt: 'fog' });
      expect(accepted).toMatchObject({
        output_files: [],
        started_at: null,
        completed_at: null,
        error: null,
      });

      const avatar = await drawn(api, accepted.generation_id);
      expect(avatar).toMatchObject({
        message: 'Avatar generation completed.',
        workflow: accepted.workflow,
        created_at: accepted.created_at,
        started_at: expect.any(String) as string,
        completed_at: expect.any(String) as string,
        comfyui_prompt_id: expect.any(String) as string,
        output_files: [{ pose_type: null, dimensions: { width: 64, height: 64 } }],
      });
      const [output] = avatar.output_files;
      const bytes = Buffer.from(await (await api.page(output!.url)).arrayBuffer());
      expect(bytes).toHaveLength(output!.size);
      expect(await facts(bytes)).toMatchObject({ format: 'png', width: 64, height: 64 });
    });

    test('needs a prompt, and no field that is not known', async () => {
      const { detail } = await api.refused('generateAvatar', 'validation_failed', {
        body: { ...WISH, prompt: 'ab' },
      });
      expect(detail).toContain('prompt');
      expect((await generate({ of_another_client: true })).error).toBeNull();
    });
  });

  describe('a picture to draw from', () => {
    const inputs = async (id: string) =>
      (await api.ask('getGeneration', { params: { id } })).body.inputs;

    test.each(['pose', 'reference'] as const)('is named by the id of a file: %s', async (kind) => {
      const picture = { bytes: await anotherPicture() };
      const { file_id } = (await api.ask('uploadPoseImage', { picture })).body;
      const field = `${kind}_file_id`;
      const { generation_id } = await generate({ [field]: file_id });
      await drawn(api, generation_id);
      expect(await inputs(generation_id)).toMatchObject({ [field]: file_id });
    });

    test.each([
      ['base64', 'pose', ''],
      ['a data URL', 'pose', 'data:image/png;base64,'],
      ['base64', 'reference', ''],
    ] as const)(
      'stands in the request as %s, and is a file like any: %s',
      async (_as, kind, head) => {
        const bytes = await anotherPicture();
        const { generation_id } = await generate({
          [`${kind}_image`]: head + bytes.toString('base64'),
        });
        await drawn(api, generation_id);
        const params = { content_hash: hashOf(bytes) };
        const { body: found } = await api.ask('findOriginalFileByHash', { params });
        expect(await inputs(generation_id)).toMatchObject({ [`${kind}_file_id`]: found.file_id });
        const { file_id } = found;
        const served = await api.ask('downloadFile', { params: { file_id: file_id! } });
        expect(served.bytes.equals(bytes)).toBe(true);
      },
    );

    test('is never read from the disk of the server', async () => {
      const refused = (pose_image: string, code: 'validation_failed' | 'unsupported_media_type') =>
        api.refused('generateAvatar', code, { body: { ...WISH, pose_image } });
      await refused('../../docs/examples/warrior.png', 'validation_failed');
      // Whose characters could be base64.
      await refused('/etc/passwd', 'unsupported_media_type');
    });

    test.each([randomUUID(), 'pose.png'])('that nobody has sent is refused: %s', async (id) => {
      await api.refused('generateAvatar', 'unknown_file', { body: { ...WISH, pose_file_id: id } });
    });
  });

  describe('the poses', () => {
    test.each(POSE_NAMES)('%s is drawn, and named', async (pose) => {
      const asked = { query: { pose }, body: WISH };
      const { body: accepted } = await api.ask('generatePose', asked);
      expect(accepted.message).toContain(`${pose} pose`);
      const { output_files, message } = await drawn(api, accepted.generation_id);
      expect(message).toContain(`${pose} pose`);
      expect(output_files.map(({ pose_type }) => pose_type)).toEqual([pose]);
    });

    test('there is no other', async () => {
      await api.refused('generatePose', 'unknown_pose', { query: { pose: 'top' }, body: WISH });
      await api.refused('generatePose', 'unknown_pose', { body: WISH });
    });

    test('are all drawn for one request', async () => {
      const { body: accepted } = await api.ask('generateAllPoses', { body: WISH });
      expect(accepted.message).toContain('all poses');
      const { output_files, message } = await drawn(api, accepted.generation_id);
      expect(message).toContain('all poses');
      expect(output_files.map(({ pose_type }) => pose_type)).toEqual(POSE_NAMES);
      expect(new Set(output_files.map(({ url }) => url)).size).toBe(4);
    });
  });

  describe('the list', () => {
    test('counts all, and shows a page of them, newest first', async () => {
      const { total: before } = await list();
      const ids: string[] = [];
      for (const seed of [1, 2, 3]) ids.unshift((await generate({ seed })).generation_id);
      const idsOf = async (limit: number, offset: number) => {
        const { generations, ...page } = await list({ limit, offset });
        expect(page).toEqual({ total: before + 3, limit, offset });
        return generations.map(({ generation_id }) => generation_id);
      };
      expect(await idsOf(3, 0)).toEqual(ids);
      expect(await idsOf(2, 1)).toEqual(ids.slice(1));
      expect(await idsOf(5, before + 3)).toEqual([]);
      for (const id of ids) await drawn(api, id);
    });

    test('shows one state alone where it is asked to', async () => {
      const { generation_id } = await generate();
      await drawn(api, generation_id);
      const { generations, total } = await list({ status: 'completed', limit: 1 });
      expect(generations).toMatchObject([{ generation_id, status: 'completed' }]);
      expect(total).toBeGreaterThan(1);
      expect(await list({ status: 'failed' })).toMatchObject({ total: 0, generations: [] });
      expect((await list({ status: '' })).limit).toBe(50);
    });

    test.each([{ limit: 0 }, { limit: 101 }, { offset: -1 }, { status: 'done' }])(
      'is not shown for %j',
      async (query) => {
        await api.refused('listAvatars', 'validation_failed', { query });
      },
    );
  });

  describe('a generation that is deleted', () => {
    test('is unknown on both contracts, and so are its pictures', async () => {
      const { generation_id: id } = await generate();
      const { output_files } = await drawn(api, id);
      const [output] = output_files;
      expect((await api.page(output!.url)).status).toBe(200);

      const { body } = await api.ask('deleteAvatar', { params: { id } });
      expect(body).toEqual({ message: expect.any(String) as string, generation_id: id });
      await api.refused('getAvatar', 'not_found', { params: { id } });
      await api.refused('getGeneration', 'not_found', { params: { id } });
      await api.refused('deleteAvatar', 'not_found', { params: { id } });
      expect((await list()).generations.map(({ generation_id }) => generation_id)).not.toContain(
        id,
      );
      expect((await api.page(output!.url)).status).toBe(404);
    });

    test.each([randomUUID(), 'no-id'])('%s is none', async (id) => {
      await api.refused('getAvatar', 'not_found', { params: { id } });
      await api.refused('deleteAvatar', 'not_found', { params: { id } });
    });
  });
}
