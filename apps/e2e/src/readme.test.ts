import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT_DIR, givenHome, startAvatarForge, type AvatarForge } from './fixtures/avatarForge';

const run = promisify(execFile);
const README = readFileSync(join(ROOT_DIR, 'README.md'), 'utf8');
/** Blocks marked `bash` are run here, in order, in one shell; those marked `sh` need a person. */
const blocks = [...README.matchAll(/^```bash\n([\s\S]*?)^```/gm)].map(([, block]) => block ?? '');
const PICTURE = join(ROOT_DIR, 'docs/examples/warrior.png');

let avatarForge: AvatarForge;

beforeAll(async () => {
  avatarForge = await startAvatarForge(await givenHome());
}, 150_000);

afterAll(async () => {
  await avatarForge.stop();
  rmSync(PICTURE, { force: true });
}, 30_000);

test('every command of the README works as written, and ends with a picture', async () => {
  const { host } = new URL(avatarForge.url);
  const script = blocks.join('\n').replaceAll('localhost:8000', host);
  expect(script).toContain('/generate/avatar');

  const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', script], { cwd: ROOT_DIR });

  expect(stdout).toContain('"api_status":"healthy"');
  expect(stdout).toContain('"is_duplicate":false');
  expect(stdout).toContain('"generation_id":');
  const png = readFileSync(PICTURE);
  expect(png.toString('latin1', 1, 4)).toBe('PNG');
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([512, 512]);
}, 90_000);

test.each(['/docs', '/redoc', '/openapi.json', '/metrics'])('%s is there', async (path) => {
  const answer = await fetch(avatarForge.url + path);
  expect(answer.status).toBe(200);
});
