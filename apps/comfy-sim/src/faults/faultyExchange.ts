import type { BodyChange } from './faultyAnswer';
import type { Refusal } from './refusals';

/** A request, as far as a fault can change what becomes of it. */
export interface FaultyExchange {
  /** Answers in place of the route. */
  answer(status: number, refusal: Refusal): void;
  /** Leaves the client without an answer and the request undone. */
  ignore(): void;
  /** Breaks the connection, with the request undone. */
  cut(): void;
  /** Lets the route do its work, but holds its answer back. */
  holdAnswer(wait: () => Promise<void>): void;
  /** Breaks the connection after so many bytes of the answer's body; 0 is before the headers. */
  cutAnswer(bytes: number): void;
  alterAnswer(change: BodyChange): void;
}
