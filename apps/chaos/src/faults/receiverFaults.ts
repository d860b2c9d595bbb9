import { pidOfConnection } from './pidOfConnection';
import type { Fault } from './fault';

const receiverFailing: Fault = {
  kind: 'receiver_failing',
  about: 'the receiver of webhooks answers 503 for 2 to 8 s',
  aim: ({ recorder, random }) => ({
    target: 'recorder',
    busy: ['recorder'],
    forMs: random.between(2000, 8000),
    begin: () => {
      recorder.behave('failing');
    },
    end: () => {
      recorder.behave('well');
    },
  }),
};

const receiverSilent: Fault = {
  kind: 'receiver_silent',
  about: 'the receiver of webhooks takes them and never answers, for 2 to 8 s',
  aim: ({ recorder, random }) => ({
    target: 'recorder',
    busy: ['recorder'],
    forMs: random.between(2000, 8000),
    begin: () => {
      recorder.behave('silent');
    },
    end: () => {
      recorder.behave('well');
    },
  }),
};

const delivererKilled: Fault = {
  kind: 'deliverer_killed',
  about: 'SIGKILL of the worker whose webhook has just arrived and has no answer yet',
  refusal: () => (process.platform === 'linux' ? null : 'whose connection it is is told by /proc'),
  aim(world) {
    const { recorder, workers, random } = world;
    let killed: (typeof workers)[number] | undefined;
    return {
      target: 'the worker that delivers',
      busy: ['recorder', ...workers.map(({ name }) => name)],
      forMs: random.between(1000, 6000),
      async begin() {
        const port = await recorder.next();
        const pids = workers.filter((one) => one.isWell()).map((one) => one.service().pid);
        const pid = port === null ? null : pidOfConnection(port, pids);
        killed = workers.find((one) => one.service().pid === pid);
        await killed?.kill();
        recorder.behave('well');
      },
      hit: () => (killed ? `${killed.name} (${killed.workerId()})` : null),
      async end() {
        await killed?.start();
      },
    };
  },
};

/** Faults around webhooks. */
export const receiverFaults: readonly Fault[] = [receiverFailing, receiverSilent, delivererKilled];
