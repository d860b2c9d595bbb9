import { connect } from 'node:net';

const ANSWER_TIMEOUT_MS = 1_000;

/** Whether a Redis on this port of 127.0.0.1 answers and has loaded its data. */
export function answersPing(port: number): Promise<boolean> {
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
    socket.on('data', (answer) => {
      settle(answer.toString().startsWith('+PONG'));
    });
    socket.write('PING\r\n');
  });
}
