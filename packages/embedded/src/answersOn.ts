import { connect } from 'node:net';

/** How long an answer is waited for. */
export const ANSWER_TIMEOUT_MS = 1_000;

/**
 * Whether something listens on this port of 127.0.0.1 and, when it is said something, begins its answer as expected.
 */
export function answersOn(
  port: number,
  dialogue?: { say: string; expect: string },
): Promise<boolean> {
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
    if (!dialogue) {
      socket.on('connect', () => {
        settle(true);
      });
      return;
    }
    socket.on('data', (answer) => {
      settle(answer.toString().startsWith(dialogue.expect));
    });
    socket.write(dialogue.say);
  });
}
