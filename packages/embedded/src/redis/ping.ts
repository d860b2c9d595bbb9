import { answersOn } from '../answersOn';

/** Whether a Redis on this port of 127.0.0.1 answers and has loaded its data. */
export function answersPing(port: number): Promise<boolean> {
  return answersOn(port, { say: 'PING\r\n', expect: '+PONG' });
}
