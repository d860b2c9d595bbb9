// What `npm start` and `npm test` do before any of our code can run: check Node, install, build.
// Plain Node without packages, since there may be none yet.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = [20, 19];
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** The root of the repository. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

const at = (...path) => join(root, ...path);
const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const read = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : '');

/** An error whose message is all that a person needs. */
class PrepareError extends Error {}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new PrepareError(
    `AvatarForge needs Node.js ${OLDEST_NODE.join('.')} or newer; this is ${process.versions.node}. ` +
      'Get it from https://nodejs.org, then start again.',
  );
}

/** One line that counts the seconds on a terminal, two plain lines elsewhere. */
async function withProgress(doing, done, work) {
  const began = Date.now();
  const seconds = () => Math.round((Date.now() - began) / 1000);
  const { stdout } = process;
  const draw = () => stdout.write(stdout.isTTY ? `\r${doing} ... ${seconds()} s` : '');
  if (!stdout.isTTY) stdout.write(`${doing} ...\n`);
  const timer = setInterval(draw, 1000);
  draw();
  try {
    await work();
    stdout.write(`${stdout.isTTY ? '\r\x1b[K' : ''}${done} (${seconds()} s).\n`);
  } catch (error) {
    stdout.write(stdout.isTTY ? '\n' : '');
    throw error;
  } finally {
    clearInterval(timer);
  }
}

/** Runs a program of Node's in the repository; its output is shown only when it fails. */
function run(args, explain) {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', CHECKPOINT_DISABLE: '1' };
    const child = spawn(process.execPath, args, { cwd: root, env });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    const stop = (signal) => {
      child.kill(signal);
      process.exit(130);
    };
    for (const signal of STOP_SIGNALS) process.on(signal, stop);
    child.on('error', reject);
    child.on('close', (code) => {
      for (const signal of STOP_SIGNALS) process.off(signal, stop);
      if (code === 0) resolve();
      else reject(new PrepareError(`${output.trim()}\n\n${explain(output)}`));
    });
  });
}

function explainInstall(output) {
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH/.test(output)) {
    return 'The packages could not be fetched: the network could not be reached. Only the first start needs it; connect and start again.';
  }
  if (/ENOSPC/.test(output)) {
    return 'The packages could not be installed: the disk is full. Free about 2 GB and start again.';
  }
  if (/EACCES|EPERM|EROFS/.test(output)) {
    return 'The packages could not be installed: this user may not write here. Start again as the owner of this folder.';
  }
  return 'The packages could not be installed. The lines above are what npm said.';
}

/** npm's own program: the one that runs us, else the one that came with Node. */
function npmProgram() {
  const beside = dirname(process.execPath);
  const candidates = [
    process.env.npm_execpath,
    join(beside, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(beside, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ];
  const found = candidates.find((file) => file && /npm-cli\.c?js$/.test(file) && existsSync(file));
  if (found) return found;
  throw new PrepareError('npm was not found. Run this as `npm start` or `npm test`.');
}

/** What was installed is told by a stamp of ours, or by npm's own note when it was run by hand. */
function isInstalled(stamp, lockHash) {
  if (read(stamp) === lockHash) return true;
  const note = at('node_modules', '.package-lock.json');
  const lock = at('package-lock.json');
  return existsSync(note) && existsSync(lock) && statSync(note).mtimeMs >= statSync(lock).mtimeMs;
}

async function install() {
  const lock = read(at('package-lock.json'));
  const stamp = at('node_modules', '.avatarforge-lock');
  if (!isInstalled(stamp, sha256(lock))) {
    const command = lock ? 'ci' : 'install';
    const flags = ['--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
    await withProgress('Installing packages (once, a minute or so)', 'Packages installed', () =>
      run([npmProgram(), command, ...flags], explainInstall),
    );
  }
  writeFileSync(stamp, sha256(read(at('package-lock.json'))));
}

const workspaces = () =>
  ['packages', 'apps'].flatMap((group) => readdirSync(at(group)).map((name) => at(group, name)));

/** Changes with any file that the build reads. */
function sourceHash() {
  const files = workspaces()
    .map((dir) => join(dir, 'src'))
    .concat(at('prisma'), at('.ci'))
    .filter((dir) => existsSync(dir))
    .flatMap((dir) =>
      readdirSync(dir, { recursive: true })
        .filter((name) => !name.includes('generated'))
        .map((name) => join(dir, name)),
    )
    .concat(at('package-lock.json'), at('turbo.json'), at('prisma.config.ts'))
    .filter((file) => existsSync(file) && statSync(file).isFile());
  return sha256(
    files.map((file) => `${file} ${statSync(file).size} ${statSync(file).mtimeMs}`).join('\n'),
  );
}

const needsBuild = (dir) => read(join(dir, 'package.json'))?.includes('"build":') ?? false;
const isBuilt = () =>
  workspaces().every((dir) => !needsBuild(dir) || existsSync(join(dir, 'dist')));

async function build() {
  const stamp = at('node_modules', '.avatarforge-build');
  const hash = sourceHash();
  if (read(stamp) === hash && isBuilt()) return;
  const turbo = at('node_modules', 'turbo', 'bin', 'turbo');
  await withProgress('Building', 'Built', () =>
    run(
      [turbo, 'run', 'build', '--output-logs=errors-only', '--ui=stream'],
      () => 'The build failed. The lines above are what it said.',
    ),
  );
  writeFileSync(stamp, hash);
}

/** Makes the repository ready to run. @returns our program, or undefined after saying what is wrong. */
export async function prepare() {
  try {
    checkNode();
    process.chdir(root);
    await install();
    await build();
    return await import('../dist/main.js');
  } catch (error) {
    if (!(error instanceof PrepareError)) throw error;
    process.stderr.write(`\n${error.message}\n`);
    return undefined;
  }
}
