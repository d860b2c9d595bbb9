import { spawn } from 'node:child_process';
import { plainEnvironment } from '../config';
import type { Account } from './account';

/** How to run a command; it is killed after `timeoutMs` (default 30 s). */
export interface CommandOptions {
  cwd?: string | undefined;
  env?: Record<string, string> | undefined;
  account?: Account | undefined;
  input?: string | undefined;
  timeoutMs?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** How a command ended; `isOk` means exit code 0. A command that cannot be run at all is not ok either. */
export interface CommandResult {
  isOk: boolean;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end and collects what it says. @throws only when `signal` is aborted. */
export function runCommand(
  command: string,
  args: readonly string[],
  { cwd = '/', env, account, input = '', timeoutMs = 30_000, signal }: CommandOptions = {},
): Promise<CommandResult> {
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const said = { stdout: '', stderr: '' };
    const child = spawn(command, args, {
      cwd,
      env: { ...plainEnvironment(), ...env },
      ...account,
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      ...(signal && { signal }),
    });
    child.stdout.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()));
    child.on('error', (error) => {
      if (signal?.aborted) reject(signal.reason as Error);
      else resolve({ isOk: false, stdout: said.stdout, stderr: error.message });
    });
    child.on('close', (code, killed) => {
      if (killed) said.stderr += `\n${command} was ended by ${killed}`;
      resolve({ isOk: code === 0, ...said });
    });
    // A program that ends without reading its input is judged by its exit code alone.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
