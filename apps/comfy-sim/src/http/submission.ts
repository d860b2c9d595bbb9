import { randomUUID } from 'node:crypto';
import type { Request } from 'express';
import { isObject, type Json, type JsonObject } from '../json';
import type { VersionProfile } from '../profiles/versionProfile';
import { toBool, toFloat, toStr } from '../python';
import { withoutSecrets } from '../queue/queueItem';
import { isCanonicalUuid } from './jobIds';

/** A prompt's number: its place in the queue, lowest first. */
export class PromptNumbers {
  private counter = 0;

  next(body: JsonObject): number {
    if (body['number'] !== undefined) return toFloat(body['number']);
    const number = toBool(body['front'] ?? false) ? -this.counter : this.counter;
    this.counter += 1;
    return number;
  }
}

type Rules = VersionProfile['submission'];

/** The id a prompt gets, or undefined when the version refuses the one it was given. */
export function promptIdOf(given: Json | undefined, rule: Rules['promptId']): string | undefined {
  if (given === undefined || rule === 'ignored') return randomUUID();
  if (rule === 'any text') return given === null ? 'None' : toStr(given);
  if (given === null) return randomUUID();
  return isCanonicalUuid(given) ? given : undefined;
}

/** The outputs a prompt is limited to, if it is. */
export function targetsOf(body: JsonObject, rules: Rules): string[] | undefined {
  const targets = body['partial_execution_targets'];
  return rules.hasPartialTargets && Array.isArray(targets) ? targets.map(String) : undefined;
}

/** What the queue keeps beside the graph. Throws when the request's `extra_data` is no object. */
export function extraDataOf(body: JsonObject, request: Request, rules: Rules): JsonObject {
  const given = body['extra_data'] === undefined ? {} : body['extra_data'];
  if (!isObject(given)) throw new TypeError('extra_data is no object');
  const source = rules.namesUsageSource ? request.get('comfy-usage-source') : undefined;
  return {
    ...(source === undefined ? {} : { comfy_usage_source: source }),
    ...(rules.secrets === 'go at once' ? withoutSecrets(given) : given),
    ...(body['client_id'] === undefined ? {} : { client_id: body['client_id'] }),
    ...(rules.stampsTime ? { create_time: Date.now() } : {}),
  };
}
