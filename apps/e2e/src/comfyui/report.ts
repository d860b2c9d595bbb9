import type { Instance } from './instance';

/** What a server did, beside what its version promises. */
export interface Behaviour {
  name: string;
  expected: string;
  seen: string;
}

type Outcome = 'holds' | 'fails' | 'not tried';

/** What was found out about one server. */
export interface Findings {
  server: string;
  isTried: boolean;
  /** Null when it did not answer as a ComfyUI does. */
  instance: Instance | null;
  behaviours: Behaviour[];
  guarantees: { name: string; outcome: Outcome; why: string }[];
}

/** The findings as an operator reads them: what the server is, how it behaves, what does not hold. */
export function toText(all: readonly Findings[], notes: readonly string[]): string {
  const tried = all.filter(({ isTried }) => isTried);
  return ['', ...tried.map(describeServer), ...notes, ''].join('\n');
}

function describeServer({ server, instance, behaviours, guarantees }: Findings): string {
  if (!instance) return `${server}\n  did not answer as a ComfyUI\n`;
  const having = (outcome: Outcome) => guarantees.filter((one) => one.outcome === outcome);
  const counts = (['holds', 'fails', 'not tried'] as const)
    .map((outcome) => `${having(outcome).length} ${outcome === 'holds' ? 'hold' : outcome}`)
    .join(', ');
  return [
    `ComfyUI ${instance.version}: ${server}`,
    ...facts(instance).map((fact) => `  ${fact}`),
    ...table(behaviours).map((line) => `  ${line}`),
    `  Guarantees: ${counts}`,
    ...having('fails').map(({ name, why }) => `    FAILS: ${name}: ${firstLine(why)}`),
    ...having('not tried').map(({ name, why }) => `    not tried: ${name}: ${why}`),
    '',
  ].join('\n');
}

function facts({ can, nodeClasses, checkpoints, stats }: Instance): string[] {
  const devices = stats.devices.map(({ name, type, vramTotalBytes }) => {
    const memory = vramTotalBytes ? `, ${(vramTotalBytes / 2 ** 30).toFixed(1)} GiB` : '';
    return `${name} (${type}${memory})`;
  });
  const previews = argumentOf(stats.argv, '--preview-method') ?? 'none';
  return [
    `member: ${can.membership} · node classes: ${Object.keys(nodeClasses).length}`,
    `checkpoints: ${checkpoints.join(', ') || 'none'}`,
    `devices: ${devices.join(', ') || 'none'} · previews as started: ${previews}`,
  ];
}

/** The value of a flag that the server was started with; null without it. */
export function argumentOf(argv: readonly string[], flag: string): string | null {
  const at = argv.indexOf(flag);
  return at < 0 ? null : (argv[at + 1] ?? null);
}

function table(behaviours: readonly Behaviour[]): string[] {
  const rows = behaviours.map(({ name, expected, seen }) => [
    name,
    expected,
    seen,
    expected === seen ? '' : 'DIFFERS',
  ]);
  const all = [['behaviour', 'expected', 'seen', ''], ...rows];
  const widths = [0, 1, 2].map((at) => Math.max(...all.map((row) => row[at]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function firstLine(text: string): string {
  return text.split('\n').find((line) => line.trim() !== '') ?? '';
}
