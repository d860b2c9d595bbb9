/** One thing that runs, ours (with a process id) or the user's. */
export interface BoardRow {
  name: string;
  where: string;
  pid: number | undefined;
}

/** What the board tells. */
export interface BoardFacts {
  url: string;
  rows: readonly BoardRow[];
  data: readonly { name: string; path: string }[];
  isSimulated: boolean;
  /** Whether a ComfyUI answers. */
  isPoolHealthy: boolean;
  /** Set when the database had to go outside of the home folder. */
  databaseMovedTo: string | undefined;
  hasAuth: boolean;
  /** The first API key, when it was made just now. */
  firstKey: string | null;
}

/** Lays out rows in columns, two spaces between them. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

const indent = (lines: readonly string[]): string[] =>
  lines.map((line) => (line ? `  ${line}` : line));

function links(url: string): string[][] {
  return [
    [`${url}/docs`, 'try every request (Swagger UI)'],
    [`${url}/redoc`, 'the same, to read'],
    [`${url}/readyz`, 'is it ready?'],
    [`${url}/metrics`, 'figures for Prometheus'],
  ];
}

function firstPicture({ url, hasAuth }: BoardFacts): string[] {
  const base = `${url}/avatarforge-controller`;
  const key = hasAuth ? ['  -H "Authorization: Bearer $KEY" \\'] : [];
  return [
    `curl -X POST ${base}/generate/avatar \\`,
    ...key,
    `  -H "Content-Type: application/json" \\`,
    `  -d '{"prompt": "warrior character", "realism": false}'`,
    '',
    'It answers with a generation_id. A moment later this names the url of the picture:',
    '',
    `curl ${hasAuth ? '-H "Authorization: Bearer $KEY" ' : ''}${base}/generations/GENERATION_ID`,
  ];
}

function notes({ isSimulated, isPoolHealthy, databaseMovedTo }: BoardFacts): string[] {
  const lines: string[] = [];
  if (!isPoolHealthy) {
    lines.push(
      'No ComfyUI answers yet. Requests are taken and wait until one does;',
      'why it does not is in worker.log.',
    );
  }
  if (isSimulated) {
    lines.push(
      'Pictures come from the built-in simulator, not from a model.',
      'Set COMFYUI_URLS to use a real ComfyUI.',
    );
  }
  if (databaseMovedTo !== undefined) {
    lines.push(
      "The home folder is closed to the database's user, so its data lies in",
      `${databaseMovedTo}.`,
    );
  }
  return lines;
}

function keyOf({ hasAuth, firstKey }: BoardFacts): string[] {
  if (!hasAuth) return [];
  const shown = firstKey
    ? ["Your first API key, an admin's, shown this once:", '', `  KEY=${firstKey}`]
    : ['Every request needs an API key. Another one: npm run keys:create -- --user NAME'];
  return ['Keys', ...indent(shown)];
}

/** The one board that `npm start` shows: what runs where, where to click, what to try first. */
export function renderBoard(facts: BoardFacts): string {
  const running = facts.rows.map(({ name, where, pid }) => [
    name,
    where,
    pid === undefined ? 'yours' : `pid ${pid}`,
  ]);
  const sections = [
    ['AvatarForge is running.'],
    indent(table(running)),
    ['Click', ...indent(table(links(facts.url)))],
    keyOf(facts),
    ['First picture', ...indent(firstPicture(facts))],
    ['Kept in', ...indent(table(facts.data.map(({ name, path }) => [name, path])))],
    notes(facts),
    ['Ctrl-C stops everything; npm start continues where it was.'],
  ];
  const shown = sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  return `\n${shown.join('\n\n')}\n`;
}
