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

  value<Kind extends NodeValue['kind']>(name: string, kind: Kind): ValueOf<Kind> {
    const value = this.values[name];
    if (!isNodeValue(value) || value.kind !== kind) {
      throw new TypeError(`input ${name} is no ${kind}`);
    }
    return value as ValueOf<Kind>;
  }
}
