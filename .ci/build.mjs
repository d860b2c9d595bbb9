// Compiles one workspace's `src` to `dist`: CommonJS, one file out for each file in, tests left out.
// Types are checked elsewhere, for the whole tree at once (`npm run types`).
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const files = readdirSync('src', { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name));
const isFixture = (file) => file.includes('fixtures');
const isSource = (file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !isFixture(file);

rmSync('dist', { recursive: true, force: true });
await build({
  entryPoints: files.filter(isSource),
  outbase: 'src',
  outdir: 'dist',
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  sourcemap: true,
});
// Data files (graphs, manifests) travel with the code that reads them.
for (const file of files.filter((file) => !file.endsWith('.ts') && !isFixture(file))) {
  cpSync(file, join('dist', file.slice('src/'.length)));
}
