import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { openFaultProxy, type FaultProxy } from './faultProxy';

let echo: Server;
let proxy: FaultProxy;
let client: Socket;

beforeEach(async () => {
  echo = createServer((socket) => socket.on('error', () => undefined).pipe(socket));
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  proxy = await openFaultProxy(`tcp://127.0.0.1:${(echo.address() as AddressInfo).port}`);
  client = await dial();
});

afterEach(async () => {
  client.destroy();
  await proxy.close();
  echo.close();
  await once(echo, 'close');
});

async function dial(): Promise<Socket> {
  const socket = connect(Number(new URL(proxy.url).port), '127.0.0.1');
  socket.setEncoding('utf8');
  await once(socket, 'connect');
  return socket;
}

async function answerTo(socket: Socket, text: string): Promise<string> {
  const answer = once(socket, 'data') as Promise<[string]>;
  socket.write(text);
  return (await answer)[0];
}

test('what is sent passes, both ways', async () => {
  expect(await answerTo(client, 'hello')).toBe('hello');
});

test('a cut breaks what is open and refuses what is new, until it is restored', async () => {
  const closed = once(client, 'close');
  await proxy.cut();
  await closed;
  await expect(dial()).rejects.toThrow('ECONNREFUSED');
  await proxy.restore();
  await proxy.restore();
  client = await dial();
  expect(await answerTo(client, 'again')).toBe('again');
});

test('a reset says no goodbye, and new connections pass', async () => {
  await answerTo(client, 'open');
  const failed = once(client, 'error') as Promise<[NodeJS.ErrnoException]>;
  proxy.reset();
  expect((await failed)[0].code).toBe('ECONNRESET');
  client = await dial();
  expect(await answerTo(client, 'again')).toBe('again');
});

test('what is frozen comes later, in order, and on connections made meanwhile too', async () => {
  await answerTo(client, 'open');
  proxy.freeze();
  proxy.freeze();
  let heard = '';
  client.on('data', (text: string) => (heard += text));
  client.write('a');
  const other = await dial();
  const otherHeard = once(other, 'data') as Promise<[string]>;
  other.write('c');
  // A round trip past the proxy: what would have passed has passed.
  const direct = connect((echo.address() as AddressInfo).port, '127.0.0.1');
  await answerTo(direct.setEncoding('utf8'), 'x');
  direct.destroy();
  expect(heard).toBe('');
  client.write('b');
  proxy.thaw();
  expect((await otherHeard)[0]).toBe('c');
  other.destroy();
  while (heard !== 'ab') await once(client, 'data');
});

test('what is slow arrives whole', async () => {
  proxy.slow(5);
  expect(await answerTo(client, 'slowly')).toBe('slowly');
  proxy.slow(0);
  expect(await answerTo(client, 'fast')).toBe('fast');
});

test('closing lets go of connections that are frozen', async () => {
  await answerTo(client, 'open');
  const closed = new Promise((resolve) => client.on('close', resolve).on('error', () => undefined));
  proxy.freeze();
  client.write('a');
  await proxy.close();
  await closed;
});
