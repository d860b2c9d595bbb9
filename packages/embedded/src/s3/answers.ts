import { connect } from 'node:net';

const ANSWER_TIMEOUT_MS = 1_000;

/** Whether something listens on this port of 127.0.0.1. */
export function acceptsConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const settle = (isUp: boolean): void => {
      socket.destroy();
      resolve(isUp);
    };
    socket.setTimeout(ANSWER_TIMEOUT_MS, () => {
      settle(false);
    });
    socket.on('error', () => {
      settle(false);
    });
    socket.on('connect', () => {
      settle(true);
    });
  });
}

/** Whether an S3 service answers at this address. */
export async function answersS3(endpoint: string): Promise<boolean> {
  try {
    const { ok } = await fetch(endpoint, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
    return ok;
  } catch {
    return false; // nobody listens yet, or not in time
  }
}
