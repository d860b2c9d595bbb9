// Tables of measured figures in documents. Between `<!-- figures: NAME -->` and `<!-- /figures -->` stands what
// docs/figures/NAME.json says, or nothing while there is no such file.
import { existsSync, readFileSync } from 'node:fs';

const FOLDER = 'docs/figures';
const BLOCK = /(<!-- figures: ([\w-]+) -->\n)([^]*?)(<!-- \/figures -->)/g;
const OPENING = /<!-- figures:/g;
/** What a report says of itself; all else are figures. */
const ABOUT = ['bench', 'about', 'environment', 'at', 'quick', 'took_s', 'targets'];

/** The document with the figures of today. Throws an Error when a block is not closed. */
export function withFigures(text, file) {
  const filled = text.replaceAll(
    BLOCK,
    (_, opening, name, _old, closing) => opening + toBlock(name) + closing,
  );
  const [opened, closed] = [OPENING, BLOCK].map((pattern) => [...text.matchAll(pattern)].length);
  if (opened !== closed) {
    throw new Error(`${file}: a block of figures is not closed. End it with <!-- /figures -->.`);
  }
  return filled;
}

function toBlock(name) {
  const file = `${FOLDER}/${name}.json`;
  if (!existsSync(file)) return '';
  const report = JSON.parse(readFileSync(file, 'utf8'));
  return `\n${toTable(report)}\n\n${toOrigin(report)}\n\n`;
}

function toTable(report) {
  const values = Object.entries(report).filter(([key]) => !ABOUT.includes(key));
  const targets = new Map((report.targets ?? []).map((target) => [target.figure, target]));
  const rows = flat(values).map(([figure, value]) => {
    const target = targets.get(figure);
    return `| \`${figure}\` | ${toCell(value)} | ${toBounds(target)} | ${toVerdict(target)} |`;
  });
  return ['| Figure | Measured | Target | Holds |', '| --- | ---: | --- | --- |', ...rows].join(
    '\n',
  );
}

/** Nested values by their path, `group.name`. */
function flat(entries, path = '') {
  return entries.flatMap(([key, value]) => {
    const isNested = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isNested ? flat(Object.entries(value), `${path}${key}.`) : [[path + key, value]];
  });
}

/** Of a longer list, how many. */
const LISTED = 5;

function toCell(value) {
  if (Array.isArray(value) && value.length > LISTED) return String(value.length);
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(toCell).join(', ');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return toNumber(value);
  // JSON has no word for what could not be measured.
  if (value === null) return '–';
  return (typeof value === 'object' ? JSON.stringify(value) : value).replaceAll('|', '\\|');
}

function toNumber(value) {
  const maximumFractionDigits = Math.abs(value) < 100 ? 3 : 1;
  return new Intl.NumberFormat('en', { maximumFractionDigits }).format(value);
}

function toBounds({ atLeast, atMost } = {}) {
  const least = atLeast === undefined ? [] : [`≥ ${toNumber(atLeast)}`];
  const most = atMost === undefined ? [] : [`≤ ${toNumber(atMost)}`];
  return [...least, ...most].join(', ');
}

function toVerdict(target) {
  if (!target) return '';
  return target.holds ? 'yes' : '**no**';
}

function toOrigin({ at, quick, environment = {} }) {
  const { cores, cpu, memory_gb, node, postgres, redis, commit } = environment;
  const parts = [
    cores && `${cores} cores${cpu ? ` (${cpu})` : ''}`,
    memory_gb && `${memory_gb} GB`,
    node && `Node ${node}`,
    postgres && `Postgres ${postgres}`,
    redis && `Redis ${redis}`,
    commit && `commit ${commit}`,
  ];
  const when = at ? `Measured ${at.slice(0, 10)}` : 'Measured';
  return `${when} on ${parts.filter(Boolean).join(', ')}${quick ? '; a quick run' : ''}.`;
}
