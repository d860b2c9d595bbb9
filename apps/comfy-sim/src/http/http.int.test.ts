import sharp from 'sharp';
import { graphOf, quick, SimClient, viewPath, type Body } from '../fixtures/simClient';
import { createComfySim, type ComfySim } from '../index';
import { nodeKinds } from '../nodes/nodeKinds';

let sim: ComfySim;
let client: SimClient;

beforeAll(async () => {
  sim = createComfySim(quick);
  client = new SimClient((await sim.start()).url);
});

afterAll(() => sim.stop());

describe('files', () => {
  test('an upload is stored once, renamed when the name is taken, or overwrites', async () => {
    const [a, b] = [Buffer.from('a'), Buffer.from('b')];
    expect(await client.upload(a, 'up.png')).toMatchObject({
      name: 'up.png',
      subfolder: '',
      type: 'input',
    });
    expect(await client.upload(a, 'up.png')).toMatchObject({ name: 'up.png' });
    expect(await client.upload(b, 'up.png')).toMatchObject({ name: 'up (1).png' });
    expect(await client.upload(b, 'up.png', { overwrite: 'True' })).toMatchObject({
      name: 'up (1).png',
    });
    expect(await client.upload(b, 'up.png', { overwrite: 'true' })).toMatchObject({
      name: 'up.png',
    });
    expect(await client.upload(b, 'up.png', { subfolder: 'x/y', type: 'temp' })).toMatchObject({
      subfolder: 'x/y',
      type: 'temp',
    });
    expect(await client.upload(b, 'up.png', { subfolder: '../..' })).toEqual({ status: 400 });
    expect(await client.upload(b, 'up.png', { type: 'odd' })).toEqual({ status: 500 });
  });

  test.each([
    ['filename=absent.png', 404],
    ['', 404],
    ['filename=', 400],
    ['filename=a..b.png', 400],
    ['filename=/etc/passwd', 400],
    ['filename=up.png&type=odd', 400],
    ['filename=up.png&subfolder=../..', 403],
    ['filename=up.png%20[input]', 200],
  ])('/view?%s answers %d', async (query, status) => {
    expect(await client.status(`/view?${query}`)).toBe(status);
  });

  test('a file comes whole, in part, not modified, or as preview', async () => {
    const [file] = await client.run(graphOf({ seed: 70 }));
    if (!file) throw new Error('no file');
    const whole = await fetch(client.url + viewPath(file));
    expect(whole.headers.get('content-disposition')).toBe(`filename="${file.filename}"`);
    const part = await fetch(client.url + viewPath(file), { headers: { range: 'bytes=0-7' } });
    expect([part.status, (await part.arrayBuffer()).byteLength]).toEqual([206, 8]);
    const beyond = await fetch(client.url + viewPath(file), {
      headers: { range: 'bytes=9999999-' },
    });
    expect([beyond.status, await beyond.text()]).toEqual([416, '']);
    const etag = whole.headers.get('etag') ?? '';
    const again = await fetch(client.url + viewPath(file), { headers: { 'if-none-match': etag } });
    expect(again.status).toBe(304);
    const preview = await fetch(`${client.url}${viewPath(file)}&preview=jpeg;50`);
    expect(preview.headers.get('content-type')).toBe('image/jpeg');
    const alpha = await fetch(`${client.url}${viewPath(file)}&channel=a`);
    expect((await sharp(await alpha.arrayBuffer()).metadata()).channels).toBe(4);
  });
});

describe('errors', () => {
  test.each([
    ['/prompt', '{broken', 500],
    ['/prompt', '{"prompt": 3}', 500],
    ['/prompt', '{"prompt": {}, "extra_data": null}', 500],
    ['/queue', '', 500],
    ['/interrupt', '', 200],
    ['/interrupt', 'null', 500],
    ['/system_stats', '{}', 405],
    ['/nowhere', '{}', 405],
    ['/prompt', '[]', 400],
    ['/queue', '[]', 200],
  ])('POST %s %s answers %d', async (path, body, status) => {
    const response = await fetch(client.url + path, { method: 'POST', body });
    expect(response.status).toBe(status);
    if (status === 500) expect(await response.text()).toContain('Server got itself in trouble');
  });

  test('a null workflow poisons the list of jobs, as on a real server', async () => {
    const extra_data = { extra_pnginfo: { workflow: null } };
    const prompt_id = await client.submit(graphOf({ seed: 71 }), { extra_data });
    await client.finished(prompt_id);
    expect(await client.status(`/api/jobs`)).toBe(500);
    await client.post('/history', { delete: [prompt_id] });
    expect(await client.status(`/api/jobs`)).toBe(200);
  });

  test('a file that is no picture fails its node, and the server goes on', async () => {
    await client.upload(Buffer.from('no picture'), 'broken.png');
    const id = await client.submit(graphOf({ input: 'broken.png' }));
    const entry = await client.finished(id);
    expect(entry['status']).toMatchObject({ status_str: 'error' });
    expect(await client.run(graphOf({ seed: 72 }))).toHaveLength(1);
  });
});

describe('discovery', () => {
  test('system_stats names the simulated version', async () => {
    expect(await client.get('/system_stats')).toMatchObject({
      system: { comfyui_version: '0.33.0' },
      devices: [{ type: 'cpu' }],
    });
  });

  test('object_info lists every class that can run, with the files there are', async () => {
    await client.upload(Buffer.from('x'), 'listed.png');
    const info = (await client.get('/object_info')) as Record<
      string,
      { input: { required: Body } }
    >;
    expect(Object.keys(info).sort()).toEqual(Object.keys(nodeKinds).sort());
    expect(info['LoadImage']?.input.required['image']).toMatchObject([
      expect.arrayContaining(['listed.png']),
      { image_upload: true },
    ]);
    expect(await client.get('/api/object_info/Nope')).toEqual({});
  });

  test('a page of another site is refused', async () => {
    const headers = { 'sec-fetch-site': 'cross-site' };
    expect((await fetch(`${client.url}/queue`, { headers })).status).toBe(403);
    expect((await fetch(`${client.url}/queue`, { method: 'OPTIONS' })).status).toBe(200);
  });
});
