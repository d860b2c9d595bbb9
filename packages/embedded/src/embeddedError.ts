/** What went wrong, why, and what a person can do about it. */
export interface Explanation {
  what: string;
  why: string;
  todo: string;
  cause?: unknown;
}

/** A server of our own could not be started or stopped; the message is meant for people. */
export class EmbeddedError extends Error {
  constructor({ what, why, todo, cause }: Explanation) {
    super([what, why, todo].join(' '), { cause });
    this.name = 'EmbeddedError';
  }
}

const KNOWN: readonly { sign: RegExp; why: string; todo: string }[] = [
  {
    sign: /ENOSPC|no space left on device|check free disk space/i,
    why: 'The disk is full.',
    todo: 'Free some space, or set AVATARFORGE_HOME to a folder on another disk, and start again.',
  },
  {
    sign: /EADDRINUSE|address already in use/i,
    why: 'Another program uses its port.',
    todo: 'Start again: another port is chosen.',
  },
  {
    sign: /could not resolve|temporary failure|(could not|unable to) connect|network is unreachable|connection timed out/i,
    why: 'The network could not be reached.',
    todo: 'Connect this machine to the network for the first start; later starts need none.',
  },
  {
    sign: /EACCES|EPERM|EROFS|permission denied|operation not permitted|read-only file system/i,
    why: 'This user is not permitted to do that.',
    todo: 'Run as the user who owns the AvatarForge folder, or set AVATARFORGE_HOME to a folder of your own.',
  },
];

/** The reason in plain words, followed by the technical line it was seen in; unknown reasons as they are. */
export function reasonOf(cause: unknown): { why: string; todo?: string } {
  const text = (cause instanceof Error ? cause.message : String(cause)).trim();
  const known = KNOWN.find(({ sign }) => sign.test(text));
  if (!known) return { why: text };
  const line = text.split('\n').find((candidate) => known.sign.test(candidate)) ?? text;
  return { why: `${known.why} (${line.trim()})`, todo: known.todo };
}

/**
 * Makes an error for people out of a technical one. Well-known reasons (disk full, port taken, no
 * network, not permitted) bring their own advice; others get `todo`.
 */
export function explain(what: string, cause: unknown, todo: string): EmbeddedError {
  if (cause instanceof EmbeddedError) return cause;
  return new EmbeddedError({ what, todo, cause, ...reasonOf(cause) });
}
