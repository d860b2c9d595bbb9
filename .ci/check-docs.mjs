// Checks that links between documents lead somewhere, that paths they cite exist, that every workspace has a README, and
// that every decision has its three parts.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const LINK = /\]\(([^)\s]+)\)/g;
const CITED = /`((?:apps|packages|prisma|docs|\.ci|\.github)\/[\w./-]*[\w/])`/g;
const PARTS = ['## Context', '## Decision', '## Consequences'];

const list = (...patterns) =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...patterns], {
    encoding: 'utf8',
  })
    .split('\n')
    .filter((file) => file && existsSync(file));
const documents = list('*.md');
const problems = [];

for (const document of documents) {
  const text = readFileSync(document, 'utf8').replaceAll(/^```[\s\S]*?^```/gm, '');
  const links = [...text.matchAll(LINK)]
    .map(([, link]) => link)
    .filter((link) => !/^(\w+:|#)/.test(link));
  for (const link of links) {
    const path = link.replace(/#.*/, '');
    const target = path.startsWith('/') ? `.${path}` : join(dirname(document), path);
    if (!existsSync(target)) problems.push(`${document}: the link ${link} leads nowhere`);
  }
  for (const [, path] of text.matchAll(CITED)) {
    if (!existsSync(path)) problems.push(`${document}: cites ${path}, which does not exist`);
  }
}
for (const workspace of list('apps/*/package.json', 'packages/*/package.json').map(dirname)) {
  if (!existsSync(join(workspace, 'README.md'))) problems.push(`${workspace} has no README.md`);
}
for (const decision of documents.filter((file) => file.startsWith('docs/decisions/0'))) {
  const text = readFileSync(decision, 'utf8');
  for (const part of PARTS.filter((part) => !text.includes(`\n${part}\n`))) {
    problems.push(`${decision} lacks "${part}"`);
  }
}

for (const problem of problems) console.error(problem);
console.log(`docs: ${documents.length} documents, ${problems.length} problems`);
if (documents.length === 0 || problems.length > 0) process.exitCode = 1;
