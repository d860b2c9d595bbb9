import type { Candidate } from './candidates';
import { meet, type Instance } from './instance';
import type { Findings } from './report';
import { beginVisit, NotTried, type Visit } from './visit';

/** States what holds on a server and tries it, on a visit of its own. */
export type Guarantee = (name: string, test: (comfy: Visit) => Promise<void>) => void;

/** Declares `guarantees` as tests on one server; what comes out is in the findings. */
export function tryOn(candidate: Candidate, guarantees: (guarantee: Guarantee) => void): Findings {
  const findings: Findings = {
    server: candidate.name,
    isTried: false,
    instance: null,
    behaviours: [],
    guarantees: [],
  };
  describe(candidate.name, () => {
    let instance: Instance;
    let close = () => Promise.resolve();
    beforeAll(async () => {
      findings.isTried = true;
      const opened = await candidate.open();
      close = () => opened.close();
      instance = await meet(opened.url, candidate);
      findings.instance = instance;
    });
    afterAll(() => close());
    guarantees((name, test) => {
      it(name, async () => {
        const note = (outcome: Findings['guarantees'][number]['outcome'], why = '') =>
          findings.guarantees.push({ name, outcome, why });
        const stay = beginVisit(instance, findings.behaviours);
        try {
          await ending(test(stay.visit), () => stay.leave());
          note('holds');
        } catch (error) {
          note(error instanceof NotTried ? 'not tried' : 'fails', reason(error));
          if (!(error instanceof NotTried)) throw error;
        }
      });
    });
  });
  return findings;
}

/** Cleans up however the work ended; the work's own failure is the one that is told. */
async function ending(work: Promise<void>, cleanUp: () => Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    await cleanUp().catch((cause: unknown) => {
      throw new AggregateError([error, cause], `${reason(error)} (and cleaning up failed)`);
    });
    throw error;
  }
  await cleanUp();
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
