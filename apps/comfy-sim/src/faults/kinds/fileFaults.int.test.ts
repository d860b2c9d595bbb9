import sharp from 'sharp';
import { viewPath, type Body } from '../../fixtures/simClient';
import { givenSim, smallGraph, stopSims } from '../fixtures/givenSim';

afterEach(stopSims);

test.each(['empty', 'short', 'corrupt'] as const)('file_damaged: %s', async (how) => {
  const { sim, client } = await givenSim();
  const [file] = await client.run(smallGraph());
  if (!file) throw new Error('no file was shown');
  const whole = await client.download(file);
  sim.faults.add({ kind: 'file_damaged', how, times: 1 });
  const response = await fetch(client.url + viewPath(file));
  expect(response.status).toBe(200);
  const damaged = Buffer.from(await response.arrayBuffer());
  const lengths = { empty: 0, short: Math.ceil(whole.length / 2), corrupt: whole.length };
  expect(damaged).toHaveLength(lengths[how]);
  expect(response.headers.get('content-length')).toBe(String(lengths[how]));
  await expect((async () => sharp(damaged).toBuffer())()).rejects.toThrow();
  expect(await client.download(file)).toEqual(whole);
});

test('disk_full refuses uploads and fails nodes that write', async () => {
  const { sim, client } = await givenSim();
  const fault = sim.faults.add({ kind: 'disk_full' });
  expect(await client.upload(Buffer.from('a'), 'a.png')).toEqual({ status: 500 });
  const { status } = (await client.finished(await client.submit(smallGraph()))) as { status: Body };
  const [, error] = (status['messages'] as [string, Body][]).at(-1) ?? [];
  expect(error).toMatchObject({
    node_type: 'SaveImage',
    exception_type: 'OSError',
    exception_message: '[Errno 28] No space left on device\n',
  });
  sim.faults.remove(fault);
  expect(await client.upload(Buffer.from('a'), 'a.png')).toMatchObject({ status: 200 });
});
