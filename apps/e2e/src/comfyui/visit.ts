import type { OutputFile, OutputRef } from '@avatarforge/comfy';
import type { Instance } from './instance';
import { openListener, type Listener } from './listener';
import { createPrompts, type Prompts } from './prompts';
import type { Behaviour } from './report';

/** A guarantee cannot be tried on this server, and why. */
export class NotTried extends Error {}

type Shown = string | number | boolean;

/** What one test does on a server. Whatever it leaves there is taken away at its end, and nothing else. */
export interface Visit extends Instance, Prompts {
  listen(): Promise<Listener>;
  fetch(output: OutputRef): Promise<OutputFile>;
  /** A request without our client. */
  ask(path: string, init?: RequestInit): Promise<Response>;
  /** Gives up the test where the server lacks one of these node classes. */
  needs(...classes: string[]): void;
  /** Puts a behaviour into the report: one that our client does not rely on. */
  observe(name: string, expected: Shown, seen: Shown): void;
  /** The same for one that it does rely on: a difference fails the test. */
  rely(name: string, expected: Shown, seen: Shown): void;
}

export interface Stay {
  visit: Visit;
  /** Forgets all prompts of this visit, and closes its sockets. */
  leave(): Promise<void>;
}

/** Begins a visit; `behaviours` gets what it observes. */
export function beginVisit(instance: Instance, behaviours: Behaviour[]): Stay {
  const { client, url, patienceMs } = instance;
  const prompts = createPrompts(instance);
  const listeners: Listener[] = [];
  const observe: Visit['observe'] = (name, expected, seen) => {
    behaviours.push({ name, expected: inWords(expected), seen: inWords(seen) });
  };
  const visit: Visit = {
    ...instance,
    ...prompts,
    observe,
    rely: (name, expected, seen) => {
      observe(name, expected, seen);
      expect({ [name]: seen }).toEqual({ [name]: expected });
    },
    listen: async () => {
      const listener = await openListener(url, patienceMs);
      listeners.push(listener);
      return listener;
    },
    fetch: async (output) => {
      const file = await client.fetchOutput(output, { maxBytes: 64e6 });
      if (!file) throw new Error(`${output.filename} is not there`);
      return file;
    },
    ask: (path, init) => fetch(`${url}${path}`, init),
    needs: (...classes) => {
      const lacking = classes.filter((name) => !instance.has(name));
      if (lacking.length > 0) throw new NotTried(`there is no ${lacking.join(', ')}`);
    },
  };
  const leave = async () => {
    await prompts.forgetAll();
    for (const listener of listeners) await listener.close();
  };
  return { visit, leave };
}

function inWords(shown: Shown): string {
  if (typeof shown === 'boolean') return shown ? 'yes' : 'no';
  return String(shown);
}
