import { randomUUID } from 'node:crypto';
import {
  isFile,
  type Graph,
  type Look,
  type OutputRef,
  type Submission,
  type SubmitResult,
  type Verdict,
} from '@avatarforge/comfy';
import { eventually } from '@avatarforge/testing';
import { slow } from './graphs';
import type { Instance } from './instance';

/** A prompt that the server took. */
interface Accepted {
  /** What our client calls it. */
  id: string;
  /** What the server calls it: the same, where it keeps ids. */
  promptId: string;
  number: number;
}

interface Run extends Accepted {
  outputs: OutputRef[];
  /** Texts that nodes showed. */
  texts: string[];
}

type Sender = Partial<Pick<Submission, 'clientId' | 'previewMethod'>>;

/** What is done with prompts during a visit. */
export interface Prompts {
  submit(graph: Graph, sender?: Sender): Promise<{ id: string; result: SubmitResult }>;
  /** Submits what must be accepted. */
  enqueue(graph: Graph, sender?: Sender): Promise<Accepted>;
  /** Enqueues what takes long, and waits until it runs: a minute where it can be stopped, else 3 s. */
  occupy(sender?: Sender): Promise<Accepted>;
  /** Enqueues, and waits for its success. */
  run(graph: Graph, sender?: Sender): Promise<Run>;
  /** Waits until the prompt is in one of these states. */
  until(id: string, ...states: Look['state'][]): Promise<Look>;
  /** How the prompt ended. */
  ended(id: string): Promise<Verdict>;
  /** Ends the prompt if it is not over, and makes the server forget it. */
  forget(id: string): Promise<void>;
  /** The same for all prompts of the visit: those that wait before those that run. */
  forgetAll(): Promise<void>;
}

export function createPrompts({ client, can, has, patienceMs }: Instance): Prompts {
  const known = new Set<string>();
  const until: Prompts['until'] = (id, ...states) =>
    eventually(
      async () => {
        const found = await client.look(id);
        return states.includes(found.state) ? found : null;
      },
      { timeoutMs: patienceMs },
    );
  const submit: Prompts['submit'] = async (graph, sender = {}) => {
    const id = randomUUID();
    const attemptTag = { deployment: 'conformance', attempt: id };
    known.add(id);
    const whole = { promptId: id, clientId: randomUUID(), graph, attemptTag, ...sender };
    const result = await client.submit(whole);
    if (result.outcome === 'rejected' && !result.lingers) known.delete(id);
    return { id, result };
  };
  const enqueue: Prompts['enqueue'] = async (graph, sender) => {
    const { id, result } = await submit(graph, sender);
    if (result.outcome !== 'accepted') throw new Error(`not accepted: ${JSON.stringify(result)}`);
    return { id, promptId: result.promptId, number: result.number };
  };
  const ended: Prompts['ended'] = async (id) => {
    const found = await until(id, 'finished');
    if (found.state !== 'finished') throw new Error(found.state);
    return found.verdict;
  };
  const forget: Prompts['forget'] = async (id) => {
    await client.cancel(id);
    const found = await until(id, 'finished', 'absent');
    if (found.state === 'finished') await client.deleteHistory(found.promptId);
    known.delete(id);
  };
  return {
    submit,
    enqueue,
    until,
    ended,
    forget,
    occupy: async (sender) => {
      const seconds = can.canInterruptById ? 60 : 3;
      const accepted = await enqueue(slow(has('LabSlow'), seconds), sender);
      await until(accepted.id, 'running');
      return accepted;
    },
    run: async (graph, sender) => {
      const accepted = await enqueue(graph, sender);
      const verdict = await ended(accepted.id);
      if (verdict.outcome !== 'success') throw new Error(`ended as ${JSON.stringify(verdict)}`);
      const texts = verdict.outputs.flatMap((output) => (isFile(output) ? [] : [output.text]));
      return { ...accepted, outputs: verdict.outputs.filter(isFile), texts };
    },
    forgetAll: async () => {
      for (const id of [...known].reverse()) await client.cancel(id);
      for (const id of known) await forget(id);
    },
  };
}
