import fc from 'fast-check';
import { createComfyClient, type ComfyClient } from './client';
import type { CallOptions } from './deadline';
import { ComfyUnavailableError, OutputTooLargeError } from './errors';
import { faultSequence, type Call, type FaultSequence } from './fixtures/faults';
import { FaultyServer, PROMPT_ID } from './fixtures/faultyServer';
import { openComfySocket } from './socket';

const BATCHES = 10;
const BATCH = 1000;
const IN_PARALLEL = 40;
/** For a machine that has much else to do: what never settles is found all the same. */
const SLACK_MS = 15_000;
const MAX_BYTES = 64;
const LISTEN_MS = 10;
const HUNG_UP = new Error('the caller hung up');

const server = new FaultyServer();
beforeAll(() => server.start());
afterAll(() => {
  server.cut();
});

const submission = {
  promptId: PROMPT_ID,
  clientId: 'c',
  graph: {},
  attemptTag: { deployment: 'd', attempt: PROMPT_ID },
};
const upload = { bytes: Buffer.from('x'), filename: 'a.png', subfolder: 'af' };
const output = { filename: 'a.png', subfolder: '', type: 'output' } as const;

const isObject = (value: unknown) => typeof value === 'object' && value !== null;
const isNothing = (value: unknown) => value === undefined;
const isStrings = (value: unknown) =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');
const isOneOf = (words: string[]) => (value: unknown) => words.includes(value as string);
const hasOne = (key: string, words: string[]) => (value: unknown) =>
  isObject(value) && isOneOf(words)((value as Record<string, unknown>)[key]);

interface Check {
  make: (client: ComfyClient, how: CallOptions) => Promise<unknown>;
  /** Whether the call's value is what its type says. */
  isValue: (value: unknown) => boolean;
}

const CHECKS: Record<keyof ComfyClient, Check> = {
  systemStats: {
    make: (client, how) => client.systemStats(how),
    isValue: (value) => typeof (value as { version: unknown }).version === 'string',
  },
  features: { make: (client, how) => client.features(how), isValue: isObject },
  objectInfo: { make: (client, how) => client.objectInfo(how), isValue: isObject },
  objectInfoText: {
    make: (client, how) => client.objectInfoText(how),
    isValue: (value) => typeof value === 'string',
  },
  nodeClass: {
    make: (client, how) => client.nodeClass('X', how),
    isValue: (value) => value === null || isObject(value),
  },
  modelFolders: { make: (client, how) => client.modelFolders(how), isValue: isStrings },
  models: {
    make: (client, how) => client.models('checkpoints', how),
    isValue: (value) => value === null || isStrings(value),
  },
  submit: {
    make: (client, how) => client.submit(submission, how),
    isValue: hasOne('outcome', ['accepted', 'rejected', 'not_sent', 'unknown']),
  },
  look: {
    make: (client, how) => client.look(PROMPT_ID, how),
    isValue: hasOne('state', ['pending', 'running', 'absent', 'finished']),
  },
  queue: {
    make: (client, how) => client.queue(how),
    isValue: (value) => Array.isArray((value as { running: unknown }).running),
  },
  queueLength: { make: (client, how) => client.queueLength(how), isValue: Number.isFinite },
  deleteQueued: { make: (client, how) => client.deleteQueued(PROMPT_ID, how), isValue: isNothing },
  cancel: {
    make: (client, how) => client.cancel(PROMPT_ID, how),
    isValue: isOneOf(['cancelled', 'not_there', 'not_possible']),
  },
  deleteHistory: {
    make: (client, how) => client.deleteHistory(PROMPT_ID, how),
    isValue: isNothing,
  },
  freeMemory: { make: (client, how) => client.freeMemory(how), isValue: isNothing },
  uploadImage: {
    make: (client, how) => client.uploadImage(upload, how),
    isValue: (value) => typeof value === 'string',
  },
  fetchOutput: {
    make: (client, how) => client.fetchOutput(output, { ...how, maxBytes: MAX_BYTES }),
    isValue: (value) => value === null || (value as { bytes: Buffer }).bytes.length <= MAX_BYTES,
  },
};

/** Opens a socket, listens for a while and closes it twice; the close is told once. */
async function useSocket(baseUrl: string, { signal, timeoutMs = 0 }: CallOptions) {
  let closes = 0;
  const socket = await openComfySocket({
    baseUrl,
    clientId: 'c',
    openTimeoutMs: timeoutMs,
    pingMs: 50,
    ...(signal && { signal }),
    onEvent: () => {
      if (closes > 0) throw new Error('an event after the close');
    },
    onClose: () => {
      closes += 1;
    },
  });
  await new Promise((resolve) => setTimeout(resolve, LISTEN_MS));
  await Promise.all([socket.close(), socket.close()]);
  if (closes !== 1) throw new Error(`the close was told ${closes} times`);
}

async function makeCall(call: Call, baseUrl: string, client: ComfyClient): Promise<void> {
  const caller = new AbortController();
  const hangUp = setTimeout(() => {
    caller.abort(HUNG_UP);
  }, call.hangUpMs);
  const how = { timeoutMs: call.timeoutMs, signal: caller.signal };
  const begunAt = performance.now();
  try {
    if (call.name === 'socket') await useSocket(baseUrl, how);
    else {
      const { make, isValue } = CHECKS[call.name];
      const value = await make(client, how);
      if (!isValue(value)) throw new TypeError(`resolved to ${JSON.stringify(value)}`);
    }
  } catch (error) {
    const isTooLarge = error instanceof OutputTooLargeError && call.name === 'fetchOutput';
    const isKnown = isTooLarge || error === HUNG_UP || error instanceof ComfyUnavailableError;
    if (!isKnown) throw error;
  } finally {
    clearTimeout(hangUp);
  }
  const tookMs = performance.now() - begunAt;
  if (tookMs > call.timeoutMs + SLACK_MS) throw new Error(`${call.name} took ${tookMs} ms`);
}

async function run(sequence: FaultSequence): Promise<void> {
  const baseUrl = server.serve(sequence);
  const { version, calls } = sequence;
  const client = createComfyClient({ baseUrl, ...(version !== undefined && { version }) });
  try {
    for (const call of calls) await makeCall(call, baseUrl, client);
  } catch (cause) {
    throw new Error(`${String(cause)} in ${JSON.stringify(sequence)}`, { cause });
  }
}

test('whatever a server does, every call ends in time, as its type says or as an outage', async () => {
  const timers = countTimers();
  const batch = fc.array(faultSequence, { minLength: BATCH, maxLength: BATCH });
  const property = fc.asyncProperty(batch, async (sequences) => {
    const waiting = sequences.values();
    const work = async () => {
      for (const sequence of waiting) await run(sequence);
    };
    await Promise.all(Array.from({ length: IN_PARALLEL }, work));
  });
  const { failed, seed, errorInstance, numRuns } = await fc.check(property, {
    numRuns: BATCHES,
    endOnFailure: true,
  });
  if (failed)
    throw new Error(`with seed ${seed}: ${String(errorInstance)}`, { cause: errorInstance });
  expect(numRuns * BATCH).toBe(10_000);
  await server.stop();
  expect(countTimers()).toBeLessThan(timers + 10);
}, 300_000);

function countTimers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}
