import { enumerations } from "../../wasm/records.js";
import type { RecordValues } from "../../wasm/records.js";

type Step = RecordValues<"AngularStep">;

const { AngularStepKind: kinds } = enumerations;
/** Whole powers up to here are made by multiplication. */
const MOST_PRODUCTS = 128;

/** Rows of powers (1 + λ cos θ)^p, numbered once for all functions, and the steps that make some of them. */
export class PowerRows {
  private readonly numbers = new Map<string, number>();

  /** Rows that have a number. */
  get count(): number {
    return this.numbers.size;
  }

  /** The number of a row. */
  row(lambda: number, power: number): number {
    const key = power === 0 ? "1" : `${lambda} ${power}`;
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    this.numbers.set(key, this.numbers.size);
    return this.numbers.size - 1;
  }

  /** Steps for powers [λ, ζ]. */
  powers(list: readonly (readonly [number, number])[]): Step[] {
    const steps = new Steps(this);
    for (const [lambda, zeta] of list) steps.make(lambda, zeta);
    return steps.list;
  }

  /** Steps for the powers ζ − 1, which derivatives have, and ζ. */
  slopes(functions: readonly (readonly [number, number])[]): Step[] {
    const steps = new Steps(this);
    for (const [lambda, zeta] of functions) steps.make(lambda, zeta - 1);
    for (const [lambda, zeta] of functions) steps.multiply(lambda, zeta, zeta - 1, 1);
    return steps.list;
  }

}

class Steps {
  readonly list: Step[] = [];
  private readonly made = new Set<number>();

  constructor(private readonly rows: PowerRows) {}

  /** Makes a row, and what it is made of, unless it is there. */
  make(lambda: number, power: number): number {
    const row = this.rows.row(lambda, power);
    if (this.made.has(row)) return row;
    if (power === 0) return this.add(row, { kind: kinds.one, left: 0, right: 0, value: 1 });
    if (power === 1) return this.add(row, { kind: kinds.base, left: 0, right: 0, value: lambda });
    if (!Number.isInteger(power) || power > MOST_PRODUCTS) {
      return this.add(row, { kind: kinds.power, left: this.make(lambda, 1), right: 0, value: power });
    }
    const half = Math.floor(power / 2);
    return power % 2 === 0 ? this.multiply(lambda, power, half, half) : this.multiply(lambda, power, power - 1, 1);
  }

  /** Makes a row as the product of two, unless it is there. */
  multiply(lambda: number, power: number, first: number, second: number): number {
    const row = this.rows.row(lambda, power);
    if (this.made.has(row)) return row;
    const [left, right] = [this.make(lambda, first), this.make(lambda, second)];
    return this.made.has(row) ? row : this.add(row, { kind: kinds.product, left, right, value: 0 });
  }

  private add(target: number, step: Omit<Step, "target">): number {
    this.list.push({ target, ...step });
    this.made.add(target);
    return target;
  }
}
