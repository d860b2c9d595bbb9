import { isNodeValue, type InputValue, type NodeValue } from './nodeValue';

// Not `Extract`: one type may stand for several kinds.
type ValueOf<Kind, Value = NodeValue> = Value extends { kind: infer Own }
  ? Kind extends Own
    ? Value
    : never
  : never;

/** Typed access to a node's inputs. Validation came before, so a mismatch is a bug and throws. */
export class NodeInputs {
  constructor(readonly values: Readonly<Record<string, InputValue>>) {}

  number(name: string): number {
    const value = this.values[name];
    if (typeof value !== 'number') throw new TypeError(`input ${name} is no number`);
    return value;
  }

  string(name: string): string {
    const value = this.values[name];
    if (typeof value !== 'string') throw new TypeError(`input ${name} is no string`);
    return value;
  }

  boolean(name: string): boolean {
    const value = this.values[name];
    if (typeof value !== 'boolean') throw new TypeError(`input ${name} is no boolean`);
    return value;
  }

  value<Kind extends NodeValue['kind']>(name: string, kind: Kind): ValueOf<Kind> {
    const value = this.find(name, kind);
    if (!value) throw new TypeError(`input ${name} is no ${kind}`);
    return value;
  }

  /** An optional input; undefined when it is not given. */
  find<Kind extends NodeValue['kind']>(name: string, kind: Kind): ValueOf<Kind> | undefined {
    const value = this.values[name];
    if (value === undefined) return undefined;
    if (!isNodeValue(value) || value.kind !== kind) {
      throw new TypeError(`input ${name} is no ${kind}`);
    }
    return value as ValueOf<Kind>;
  }

  /** An optional literal, with the default the node class has for it. */
  numberOr(name: string, fallback: number): number {
    return this.values[name] === undefined ? fallback : this.number(name);
  }
}
