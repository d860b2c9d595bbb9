import {
  destination as pinoDestination,
  pino,
  stdTimeFunctions,
  type DestinationStream,
  type Level,
  type Logger,
} from 'pino';
import { context } from './context';

export type { Logger } from 'pino';

/** From the most talkative to the quietest; `silent` writes nothing. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number] & (Level | 'silent');

export interface LoggerOptions {
  /** The process that speaks: `api`, `worker` … */
  name: string;
  level: LogLevel;
  /** Where the lines go; standard output when absent. */
  destination?: DestinationStream;
}

/** Keys whose values are never written, at any of the first three depths of a line. */
const HIDDEN_KEYS = [
  'authorization',
  'x-api-key',
  'cookie',
  'set-cookie',
  'api_key',
  'apiKey',
  'password',
  'secret',
  'signature',
  'webhook-signature',
  'signed_url',
  'signedUrl',
  'prompt',
  'negative_prompt',
];

const HIDDEN_PATHS = HIDDEN_KEYS.flatMap((key) => [`["${key}"]`, `*["${key}"]`, `*.*["${key}"]`]);

/** Standard output, losing lines rather than the process when it cannot be written to: a full disk, a closed pipe. */
function standardOutput(): DestinationStream {
  const output = pinoDestination({ fd: 1, sync: true });
  output.on('error', () => undefined);
  return output;
}

/** A logger that writes one JSON object a line, with the present context in each. */
export function createLogger({ name, level, destination }: LoggerOptions): Logger {
  const options = {
    name,
    level,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: HIDDEN_PATHS, censor: '[redacted]' },
    // A copy: pino merges the fields of the line into what it is given here.
    mixin: () => ({ ...context() }),
  };
  return pino(options, destination ?? standardOutput());
}
