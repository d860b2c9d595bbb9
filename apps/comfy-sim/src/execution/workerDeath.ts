/**
 * An error outside the handling of single nodes ends ComfyUI's worker thread: the prompt runs for ever, the ones behind
 * it wait, and HTTP lives on.
 */
export class WorkerDeath extends Error {
  override readonly name = 'WorkerDeath';
  constructor(
    /** The Python exception's name. */
    readonly type: string,
    message: string,
  ) {
    super(message);
  }
}
