import { constant, inverse, type Jet, plus, scaled, times } from "../../../math/jet.js";
import type { TransformParameters } from "../parameters.js";

/** What a transform needs to know of a pair. */
export interface TransformSpec {
  readonly transform: TransformParameters;
  /** Å: r0 */
  readonly bondLength: number;
  /** Å */
  readonly innerCutoff: number;
  /** Å */
  readonly cutoff: number;
  /** Whether an inverse power goes no further than the inner cutoff; others never do. */
  readonly stopsInside: boolean;
}

/** x of a distance, with its values at both ends. */
export interface Transform {
  readonly at: (r: number) => Jet;
  /** At the inner cutoff. */
  readonly inner: number;
  /** At the cutoff. */
  readonly outer: number;
  /** agnesi: of y − 1 in x + 1; inverse-power: 1 + r0. */
  readonly scale: number;
}

/**
 * agnesi: x = −1 + 2 (y(r) − y(r_in)) / (y(r_c) − y(r_in)), from −1 at the inner cutoff to 1 at the cutoff, with
 * y = 1 / (1 + a s^q / (1 + s^{q−p})), s = (r − r_in)/(r0 − r_in), a such that y falls fastest at r0. Witt et al., J. Chem. Phys. 159, 164101
 * (2023), 10.1063/5.0158783. inverse-power: x = ((1 + r0)/(1 + r))^p.
 */
export function makeTransform(spec: TransformSpec): Transform {
  const { transform, cutoff, innerCutoff } = spec;
  if (transform.type === "inverse-power") {
    const x = (r: number): Jet => power(scaled(1 + spec.bondLength, inverse([1 + r, 1, 0])), transform.p);
    const inner = x(innerCutoff)[0];
    return { at: (r) => (spec.stopsInside && r < innerCutoff ? constant(inner) : x(r)), inner, outer: x(cutoff)[0], scale: 1 + spec.bondLength };
  }
  const y = agnesi(transform.p, transform.q, spec);
  const last = y(cutoff)[0];
  // y(r_in) = 1
  const factor = 2 / (last - 1);
  return { at: (r) => plus(constant(-1), scaled(factor, plus(y(r), constant(-1)))), inner: -1, outer: 1, scale: factor };
}

function agnesi(p: number, q: number, { bondLength, innerCutoff }: TransformSpec): (r: number) => Jet {
  const a = steepness(p, q);
  const slope = 1 / (bondLength - innerCutoff);
  return (r) => {
    const s: Jet = r > innerCutoff ? [(r - innerCutoff) * slope, slope, 0] : constant(0);
    const fraction = times(scaled(a, power(s, q)), inverse(plus(constant(1), power(s, q - p))));
    return inverse(plus(constant(1), fraction));
  };
}

/** a, with which y falls fastest at the bond length. */
export function steepness(p: number, q: number): number {
  return (-2 * q + p * (4 * q - 2)) / (p + p * p + q + q * q);
}

/** A power with a whole exponent. */
export function power(base: Jet, exponent: number): Jet {
  let result = constant(1);
  for (let i = 0; i < exponent; i++) result = times(result, base);
  return result;
}
