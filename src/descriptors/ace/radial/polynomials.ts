import { InvalidParameterError } from "../../../errors.js";
import { constant, type Jet, plus, scaled, times } from "../../../math/jet.js";
import { gaussLegendre } from "../../../math/quadrature.js";
import type { Pointer } from "../../../wasm/memory.js";
import type { RecordValues } from "../../../wasm/records.js";
import type { EnvelopeParameters, TransformParameters } from "../parameters.js";
import type { RadialJets, RadialSet } from "./radial-functions.js";
import { makeTransform, power, steepness, type Transform } from "./transforms.js";

/** P_n = (a_n x + b_n) P_{n−1} + c_n P_{n−2}, P_1 = a_1. */
export interface Recursion {
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly c: readonly number[];
}

export interface PolynomialSpec {
  readonly size: number;
  readonly transform: TransformParameters;
  readonly envelope: EnvelopeParameters;
  readonly recursion?: Recursion | undefined;
  /** Å */
  readonly bondLength: number;
  /** Å */
  readonly innerCutoff: number;
  /** Å */
  readonly cutoff: number;
}

/** Nodes of the inner products; exact for the polynomials that are allowed. */
const QUADRATURE = 400;

/** Distance in bond lengths below which ρ^−2 goes on as a parabola. */
export const SMALLEST = 0.25;
const PARABOLA = 2;

/**
 * R_n = envelope · P_n(x(r)), P_n orthonormal on the interval of x with weight envelope² (1 where the envelope is no function of x), measure dx.
 * The routines compute the same (`assembly/descriptors/ace/polynomials.ts`).
 * @param inwardDegree of the Taylor polynomial that ρ^−2 goes on as at small distances; even, so that it rises. Others than routines may need a smoother one.
 */
export function polynomialSet(spec: PolynomialSpec, inwardDegree = PARABOLA): RadialSet {
  const { size, cutoff, innerCutoff } = spec;
  const transform = transformOf(spec);
  const { a, b, c } = recursionOf(spec, transform);
  const envelope = envelopeOf(spec, transform, inwardDegree);
  const functions: RadialJets = (r, out) => {
    const x = transform.at(r);
    let before = constant(0);
    let here = scaled(a[0], envelope(r, x));
    out[0] = here;
    for (let n = 1; n < size; n++) {
      const next = plus(times(plus(scaled(a[n], x), constant(b[n])), here), scaled(c[n], before));
      [before, here] = [here, next];
      out[n] = here;
    }
  };
  // x turns about size / 2 times, most of that around the bond length
  return { size, scale: Math.min(cutoff - innerCutoff, 4 * spec.bondLength) / (2 + 0.5 * size), pieces: [{ end: cutoff, functions }] };
}

/** The parameters as routines read them. */
export function polynomialRecord(spec: PolynomialSpec, recursion: Pointer): RecordValues<"AcePolynomials"> {
  const { size, cutoff, innerCutoff, bondLength, envelope, transform: { type, p, ...rest } } = spec;
  const { inner, outer, scale } = transformOf(spec);
  const q = "q" in rest ? rest.q : 0;
  const powers = envelope.type === "polynomial" ? { innerPower: envelope.inner, outerPower: envelope.outer } : { innerPower: 0, outerPower: 0 };
  return {
    cutoff, start: innerCutoff, inverseLength: 1 / (bondLength - innerCutoff), a: type === "agnesi" ? steepness(p, q) : 0, factor: scale, inner, outer,
    sign: Math.sign(outer - inner), inverseBond: 1 / bondLength, smallest: SMALLEST, ...inverseSquareRest(cutoff / bondLength),
    isAgnesi: Number(type === "agnesi"), p, q, isInverseSquare: Number(envelope.type === "inverse-square"), ...powers, size, recursion,
  };
}

/** a, b, c of every function, one after the other. */
export function recursionTable(spec: PolynomialSpec): number[] {
  const { a, b, c } = recursionOf(spec, transformOf(spec));
  return Array.from({ length: spec.size }, (_, n) => [a[n], b[n], c[n]]).flat();
}

function transformOf(spec: PolynomialSpec): Transform {
  return makeTransform({ ...spec, stopsInside: spec.envelope.type === "polynomial" && spec.envelope.inner > 0 });
}

/** @throws {InvalidParameterError} where a recursion is given that is too short */
function recursionOf({ size, recursion, envelope }: PolynomialSpec, transform: Transform): Recursion {
  if (!recursion) return orthonormalRecursion(size, transform, envelope);
  const shortest = Math.min(recursion.a.length, recursion.b.length, recursion.c.length);
  if (shortest >= size) return recursion;
  throw new InvalidParameterError(`ace: the recursion is given for ${shortest} radial functions; the basis takes ${size}`);
}

function envelopeOf({ envelope, bondLength, cutoff }: PolynomialSpec, { inner, outer }: Transform, inwardDegree: number): (r: number, x: Jet) => Jet {
  if (envelope.type === "polynomial") {
    const sign = outer > inner ? 1 : -1;
    return (_, x) => times(power(scaled(sign, plus(x, constant(-inner))), envelope.inner), power(scaled(sign, plus(constant(outer), scaled(-1, x))), envelope.outer));
  }
  const { constant: added, linear } = inverseSquareRest(cutoff / bondLength);
  return (r) => {
    const rho = r / bondLength;
    const [value, first, second] = rho < SMALLEST ? inverseSquareSeries(rho - SMALLEST, inwardDegree) : [rho ** -2, -2 * rho ** -3, 6 * rho ** -4];
    return [value + added + linear * rho, (first + linear) / bondLength, second / bondLength ** 2];
  };
}

/** (s + t)^−2 = Σ_k (k + 1) s^−2 (−t/s)^k about s = SMALLEST, up to a degree. */
function inverseSquareSeries(t: number, degree: number): Jet {
  let [value, first, second] = [0, 0, 0];
  for (let k = degree; k >= 0; k--) {
    second = 2 * first + t * second;
    first = value + t * first;
    value = (k + 1) * (-1) ** k * SMALLEST ** (-2 - k) + t * value;
  }
  return [value, first, second];
}

/** What is added to ρ^−2 so that value and slope vanish at the cutoff. */
export function inverseSquareRest(last: number): { constant: number; linear: number } {
  return { constant: -3 * last ** -2, linear: 2 * last ** -3 };
}

/** Stieltjes' procedure: three-term recursion of the orthonormal polynomials on the interval. */
export function orthonormalRecursion(size: number, { inner, outer }: Pick<Transform, "inner" | "outer">, envelope: EnvelopeParameters): Recursion {
  const { nodes, weights } = gaussLegendre(QUADRATURE, Math.min(inner, outer), Math.max(inner, outer));
  const weight = weights.map((own, i) => {
    if (envelope.type !== "polynomial") return own;
    return own * (Math.abs(nodes[i] - inner) ** envelope.inner * Math.abs(outer - nodes[i]) ** envelope.outer) ** 2;
  });
  const [a, b, c]: number[][] = [[], [], []];
  let before = new Float64Array(QUADRATURE);
  let here = new Float64Array(QUADRATURE).fill(1);
  for (let n = 0; n < size; n++) {
    let next = here;
    let [shift, back] = [0, 0];
    if (n > 0) {
      shift = -product(weight, nodes, here, here);
      back = -product(weight, nodes, here, before);
      next = here.map((value, i) => (nodes[i] + shift) * value + back * before[i]);
    }
    const norm = Math.sqrt(product(weight, undefined, next, next));
    a.push(1 / norm);
    b.push(shift / norm);
    c.push(back / norm);
    [before, here] = n > 0 ? [here, next.map((value) => value / norm)] : [before, next.map((value) => value / norm)];
  }
  return { a, b, c };
}

function product(weight: Float64Array, x: Float64Array | undefined, f: Float64Array, g: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < weight.length; i++) sum += weight[i] * (x ? x[i] : 1) * f[i] * g[i];
  return sum;
}
