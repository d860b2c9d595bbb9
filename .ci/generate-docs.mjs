// Writes .env.example and docs/configuration.md from the configuration schemas of the apps, and the tables of figures in
// other documents from docs/figures. With --check it writes nothing and fails when they differ.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { format, resolveConfig } from 'prettier';
import { withFigures } from './figures.mjs';

const require = createRequire(import.meta.url);
const load = (app, name) => require(`../apps/${app}/dist/config.js`)[name];
const { describeConfig } = require('../packages/runtime/dist/index.js');

const sections = [
  ['npm start', load('cli', 'StartVariables'), 'It hands all variables on to what it starts.'],
  ['The API', load('api', 'ApiConfig'), ''],
  ['The worker', load('worker', 'WorkerConfig'), ''],
  ['The simulator', load('comfy-sim', 'ComfySimVariables'), ''],
].map(([title, schema, note]) => ({ title, note, variables: describeConfig(schema) }));

function toTable({ title, note, variables }) {
  const rows = variables.map(({ name, description, isRequired, isSecret, default: value }) => {
    const given = isRequired ? 'required' : value === undefined ? '' : `\`${value}\``;
    return `| \`${name}\` | ${given} | ${description}${isSecret ? ' Never printed.' : ''} |`;
  });
  return [`## ${title}`, note, '| Variable | Default | |\n| --- | --- | --- |\n' + rows.join('\n')];
}

function toConfiguration() {
  const introduction =
    'What can be set, by environment variables or, for `npm start` and `npm test`, in a file `.env`. An empty value counts as not given. A process whose configuration is wrong says everything that is wrong with it, and stops.';
  return ['# Configuration', introduction, ...sections.flatMap(toTable)]
    .filter(Boolean)
    .join('\n\n');
}

function toEnvExample() {
  const [start, ...apps] = sections;
  const names = new Set(start.variables.map(({ name }) => name));
  // Set by `npm start` itself.
  for (const name of ['COMFY_SIM_HOST', 'COMFY_SIM_PORT', 'COMFY_SIM_DIR']) names.add(name);
  const rest = apps
    .flatMap(({ variables }) => variables)
    .filter(({ name }) => {
      const isNew = !names.has(name);
      names.add(name);
      return isNew;
    });
  const lines = [...start.variables, ...rest].map(
    ({ name, description, default: value = '' }) => `# ${description}\n# ${name}=${value}`,
  );
  return `# Copy to .env and set what you need. Generated from the configuration schemas: npm run docs:generate\n\n${lines.join('\n\n')}\n`;
}

const options = await resolveConfig('docs/configuration.md');
const toMarkdown = (text) => format(text, { ...options, parser: 'markdown' });

async function toDocumentsWithFigures() {
  const files = readdirSync('docs').filter((name) => name.endsWith('.md'));
  const documents = files.map((name) => [`docs/${name}`, readFileSync(`docs/${name}`, 'utf8')]);
  const measured = documents.filter(([, text]) => text.includes('<!-- figures:'));
  return Promise.all(
    measured.map(async ([file, text]) => [file, await toMarkdown(withFigures(text, file))]),
  );
}

const generated = {
  '.env.example': [toEnvExample(), 'the configuration'],
  'docs/configuration.md': [await toMarkdown(toConfiguration()), 'the configuration'],
};
for (const [file, text] of await toDocumentsWithFigures()) {
  generated[file] = [text, 'docs/figures'];
}
for (const [file, [text, origin]] of Object.entries(generated)) {
  if (!process.argv.includes('--check')) {
    writeFileSync(file, text);
  } else if (readFileSync(file, 'utf8') !== text) {
    console.error(`${file} is not what ${origin} says. Run: npm run docs:generate`);
    process.exitCode = 1;
  }
}
