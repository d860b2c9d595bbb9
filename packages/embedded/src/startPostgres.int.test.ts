import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, identityOf, startPostgres, type RunningPostgres } from './index';
import { findSystemBinaries } from './postgres/binaries';
import { unprivilegedAccount } from './process/account';

let home: string;
let running: RunningPostgres | undefined;
const log = (): void => undefined;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'a home with spaces '));
});

afterEach(async () => {
  await running?.stop();
  running = undefined;
  rmSync(home, { recursive: true, force: true });
});

/** Postgres answers a request for encryption with one letter, before any login. */
async function answersAsPostgres(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  socket.write(Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]));
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return /^[NS]$/.test(answer.toString());
}

async function start(options: object = {}): Promise<RunningPostgres> {
  running = await startPostgres({ home, log, ...options });
  return running;
}

test('a server for tests answers, and leaves nothing when it stops', async () => {
  const { pid, port, source, dataDir, stop } = await start({ source: 'npm', durable: false });
  expect(source).toBe('npm');
  expect(await answersAsPostgres(port)).toBe(true);
  await stop();
  expect(identityOf(pid)).toBeUndefined();
  expect(existsSync(join(home, 'run', 'postgres.pid'))).toBe(false);
  expect(existsSync(dataDir)).toBe(false);
});

test('the system comes first, and its password is for our eyes only', async () => {
  const [newest] = await findSystemBinaries(unprivilegedAccount());
  const { version, url } = await start();
  const password = join(home, 'postgres', 'password');
  expect(version).toBe(newest?.version ?? version);
  expect(url).toContain(readFileSync(password, 'utf8'));
  expect(statSync(password).mode & 0o777).toBe(0o600);
});

test('a second start ends what a kill left, keeps the data and takes the same server', async () => {
  const first = await start({ source: 'npm' });
  // A new start under the same home is what follows a killed supervisor.
  const second = await start();
  expect(identityOf(first.pid)).toBeUndefined();
  expect(second.source).toBe('npm');
  expect(second.url.split('@')[0]).toBe(first.url.split('@')[0]);
});

test('a lock left by a killed server is no obstacle, even when its id was given to another', async () => {
  const { dataDir, stop } = await start();
  await stop();
  writeFileSync(join(dataDir, 'postmaster.pid'), `${process.pid}\n${dataDir}\n`);
  expect(await answersAsPostgres((await start()).port)).toBe(true);
});

test('data of a version that is not here is not touched, and the way out is told', async () => {
  const { dataDir, stop } = await start();
  await stop();
  writeFileSync(join(dataDir, 'PG_VERSION'), '14\n');
  await expect(start()).rejects.toThrow('It was made by PostgreSQL 14');
});

test('a server that cannot start says the last it wrote', async () => {
  const { dataDir, stop } = await start();
  await stop();
  writeFileSync(join(dataDir, 'postgresql.conf'), 'no_such_setting = 1\n');
  await expect(start()).rejects.toThrow('no_such_setting');
});

test('a taken port is named', async () => {
  const { port } = await start({ port: await freePort() });
  const other = mkdtempSync(join(tmpdir(), 'other home '));
  await expect(startPostgres({ home: other, log, port })).rejects.toThrow(`Port ${port}`);
  rmSync(other, { recursive: true });
});
