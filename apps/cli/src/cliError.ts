/** Something a person can put right; the message says what happened and what to do. */
export class CliError extends Error {
  override readonly name = 'CliError';
}
