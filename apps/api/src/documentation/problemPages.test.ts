import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROBLEMS } from '@avatarforge/contracts';
import { PROBLEM_PAGES_DIR } from '../repositoryPaths';

test('every problem has a page, and every page a problem', () => {
  const pages = readdirSync(PROBLEM_PAGES_DIR).sort();
  const codes = Object.keys(PROBLEMS).sort();
  expect(pages).toEqual(codes.map((code) => `${code}.md`));
});

test.each(Object.entries(PROBLEMS))('%s is explained', (code, { title, status }) => {
  const page = readFileSync(join(PROBLEM_PAGES_DIR, `${code}.md`), 'utf8');
  expect(page).toContain(`# ${title}\n\nCode \`${code}\`, status ${status}.`);
  for (const heading of ['What happened.', 'Why.', 'How to fix it.']) {
    expect(page).toContain(`**${heading}** `);
  }
});
