import type { ServerResponse } from 'node:http';

/** Makes another body of an answer's body and content type. */
export type BodyChange = (body: Buffer, type: string) => Buffer;

/** Collects what a route answers, and sends it late, changed, in part or not at all. */
export class FaultyAnswer {
  readonly waits: (() => Promise<void>)[] = [];
  readonly changes: BodyChange[] = [];
  /** Bytes of the body after which the connection breaks. */
  cutAfter: number | undefined;
  private readonly chunks: Buffer[] = [];
  private readonly end: (body: Buffer) => unknown;
  private readonly writePart: (body: Buffer, then: () => void) => unknown;

  constructor(private readonly response: ServerResponse) {
    this.end = response.end.bind(response);
    this.writePart = response.write.bind(response);
    response.write = (chunk: unknown) => this.collect(chunk);
    response.end = (chunk: unknown) => {
      this.collect(chunk);
      this.send().catch(() => response.destroy());
      return response;
    };
  }

  private collect(chunk: unknown): true {
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) {
      this.chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk));
    }
    return true;
  }

  /** Rejects when the server's life ends before a wait is over. */
  private async send(): Promise<void> {
    for (const wait of this.waits) await wait();
    const type = String(this.response.getHeader('content-type') ?? '');
    const whole: Buffer = Buffer.concat(this.chunks);
    const body = this.changes.reduce((changed, change) => change(changed, type), whole);
    this.response.setHeader('Content-Length', body.length);
    if (this.cutAfter === undefined) this.end(body);
    else if (this.cutAfter === 0) this.response.destroy();
    else this.writePart(body.subarray(0, this.cutAfter), () => this.response.destroy());
  }
}
