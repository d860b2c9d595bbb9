import { z } from 'zod';
import { isOutage } from './errors';
import type { Http } from './http';
import { findNodeClass } from './instance';

const OldCombo = z.tuple([z.array(z.unknown())]).rest(z.unknown());
const NewCombo = z.tuple([z.literal('COMBO'), z.object({ options: z.array(z.unknown()) })]);

/**
 * The values an input may take, from its spec in `/object_info`, of which one answer holds two forms;
 * null when it is no choice.
 */
export function choicesOf(spec: unknown): string[] | null {
  const old = OldCombo.safeParse(spec).data?.[0];
  const choices = old ?? NewCombo.safeParse(spec).data?.[1].options;
  return choices?.filter((choice) => typeof choice === 'string') ?? null;
}

/** Finds the values an input may take, for when ComfyUI leaves them out of its refusal. */
export type FindChoices = (nodeType: string, field: string) => Promise<string[]>;

/** Looks into the node's class. An outage meanwhile costs the choices, not the refusal. */
export function choicesFinder(http: Http, signal: AbortSignal): FindChoices {
  return async (nodeType, field) => {
    try {
      const input = (await findNodeClass(http, nodeType, signal))?.input;
      return choicesOf(input?.required?.[field] ?? input?.optional?.[field]) ?? [];
    } catch (error) {
      if (isOutage(error, signal)) return [];
      throw error;
    }
  };
}
