import { once } from 'node:events';
import { createServer } from 'node:net';
import { choosePort } from './choosePort';
import { freePort, isPortFree } from './freePort';

test('a free port can be listened on', async () => {
  expect(await isPortFree(await freePort())).toBe(true);
});

test('a port that is listened on is not free, and asking for it says so', async () => {
  const port = await freePort();
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  expect(await isPortFree(port)).toBe(false);
  await expect(choosePort('X did not start.', port)).rejects.toThrow(`Port ${port} on 127.0.0.1`);
  server.close();
});
