import { z } from 'zod';

/** The variables a process was started with, as `process.env` holds them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The configuration is wrong; `problems` has one line for each variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly string[]) {
    super(['the configuration is wrong:', ...problems.map((line) => `  ${line}`)].join('\n'));
  }
}

/**
 * Reads the variables that `schema` names from `env` (an empty string counts as unset).
 * Returns the parsed values, frozen at every depth.
 * @throws ConfigError naming every problem at once, never the values.
 */
export function defineConfig<Schema extends z.ZodObject>(
  schema: Schema,
  env: Environment,
): Readonly<z.output<Schema>> {
  const given = Object.fromEntries(
    Object.keys(schema.shape)
      .filter((name) => isSet(env[name]))
      .map((name) => [name, env[name]]),
  );
  const result = schema.safeParse(given);
  if (result.success) return deepFreeze(result.data);
  throw new ConfigError(result.error.issues.map((issue) => describeIssue(issue, env)));
}

function describeIssue({ code, path, message }: z.core.$ZodIssue, env: Environment): string {
  const name = String(path[0] ?? 'configuration');
  // A custom issue is a rule between variables, which may well speak of one that is unset.
  const isMissing = code !== 'custom' && !isSet(env[name]);
  return `${name}: ${isMissing ? 'is required' : message}`;
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}

/** One variable, as the reference page and `.env.example` show it. */
export interface ConfigVariable {
  name: string;
  description: string;
  /** As it would be written in the environment; absent when there is none. */
  default?: string;
  isRequired: boolean;
  isSecret: boolean;
}

/** The variables of `schema` in their order, with what `.describe()` or `.meta()` says of each. */
export function describeConfig(schema: z.ZodObject): ConfigVariable[] {
  const shape: Record<string, z.core.$ZodType> = schema.shape;
  return Object.entries(shape).map(([name, variable]) => {
    const withoutValue = z.safeParse(variable, undefined);
    const fallback = withoutValue.success ? format(withoutValue.data) : undefined;
    return {
      name,
      description: findMeta(variable, 'description') ?? '',
      isRequired: !withoutValue.success,
      isSecret: findMeta(variable, 'secret') ?? false,
      ...(fallback === undefined ? {} : { default: fallback }),
    };
  });
}

function format(value: unknown): string | undefined {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  return Array.isArray(value) ? value.join(',') : undefined;
}

interface Meta {
  description: string;
  secret: boolean;
}

/** What is said of a schema may be said of the one inside its `.optional()`, `.default()` or pipe. */
function findMeta<Key extends keyof Meta>(
  schema: z.core.$ZodType,
  key: Key,
): Meta[Key] | undefined {
  const own = z.globalRegistry.get(schema) as Partial<Meta> | undefined;
  if (own?.[key] !== undefined) return own[key];
  const { innerType, in: source } = schema._zod.def as InnerTypes;
  const inner = innerType ?? source;
  return inner && findMeta(inner, key);
}

type InnerTypes = z.core.$ZodTypeDef & { innerType?: z.core.$ZodType; in?: z.core.$ZodType };
