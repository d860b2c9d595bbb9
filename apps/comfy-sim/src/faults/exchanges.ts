import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { FaultyAnswer, type BodyChange } from './faultyAnswer';
import type { FaultyExchange } from './faultyExchange';
import type { Refusal } from './refusals';

/** A request for a route. */
export class HttpExchange implements FaultyExchange {
  isOver = false;
  private faultyAnswer: FaultyAnswer | undefined;

  constructor(private readonly response: ServerResponse) {}

  answer(status: number, { type, text }: Refusal): void {
    if (this.isOver) return;
    this.isOver = true;
    this.response.statusCode = status;
    if (type !== undefined) this.response.setHeader('Content-Type', type);
    this.response.setHeader('Content-Length', Buffer.byteLength(text));
    this.response.end(text);
  }

  ignore(): void {
    this.isOver = true;
  }

  cut(): void {
    this.isOver = true;
    this.response.destroy();
  }

  holdAnswer(wait: () => Promise<void>): void {
    this.captured().waits.push(wait);
  }

  cutAnswer(bytes: number): void {
    this.captured().cutAfter = bytes;
  }

  alterAnswer(change: BodyChange): void {
    this.captured().changes.push(change);
  }

  private captured(): FaultyAnswer {
    this.faultyAnswer ??= new FaultyAnswer(this.response);
    return this.faultyAnswer;
  }
}

/** A request for a socket: what would happen to its answer happens to the request. */
export class UpgradeExchange implements FaultyExchange {
  isOver = false;
  readonly waits: (() => Promise<void>)[] = [];

  constructor(private readonly socket: Duplex) {}

  answer(status: number, { type, text }: Refusal): void {
    if (this.isOver) return;
    this.isOver = true;
    const head = type === undefined ? [] : [`Content-Type: ${type}`];
    const lines = [`HTTP/1.1 ${status} Refused`, ...head, `Content-Length: ${text.length}`, '', ''];
    this.socket.end(lines.join('\r\n') + text);
  }

  ignore(): void {
    this.isOver = true;
  }

  cut(): void {
    this.isOver = true;
    this.socket.destroy();
  }

  holdAnswer(wait: () => Promise<void>): void {
    this.waits.push(wait);
  }

  cutAnswer(): void {
    this.cut();
  }

  alterAnswer(): void {
    return undefined;
  }
}
