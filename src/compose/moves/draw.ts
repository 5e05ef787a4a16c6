import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import { isLinearKind, layoutParameters } from "../../models/composed/parameters.js";
import type { ComposedForm } from "../../models/composed/tree.js";
import { mapLeaves, type StartValue, type ValuedBasis, type ValuedForm, type ValuedLeaf, valuedLeaves } from "../valued-form.js";
import { LARGEST_EXPONENT, SMALLEST_BETA } from "./move.js";

/** Of |ξ| max|X|. */
const SMALLEST_START = 0.5;
const LARGEST_START = 2;
/** Share that restarts change a parameter by, at most. */
const JITTER = 0.2;

/** Largest |X| of the training data: Φ of the first function, or Ψ. */
export type LargestFeature = (form: ValuedForm, basis: ValuedBasis, op: "exp" | "neighborExp") => Promise<number>;

/** Draws the new ξ, ±U(0.5, 2)/max|X| with alternating signs, leaves from left to right. */
export async function drawExponents(valued: ValuedForm, random: RandomGenerator, largest: LargestFeature): Promise<ValuedForm> {
  const drawn = new Map<ValuedLeaf, readonly StartValue[]>();
  for (const leaf of valuedLeaves(valued.root)) {
    if (leaf.op === "linear" || !leaf.xi.some(({ value }) => Number.isNaN(value))) continue;
    const scale = await largest(valued, valued.bases[leaf.basis], leaf.op);
    // where no function is anything but 0, any exponent does
    const unit = scale > 0 ? 1 / scale : 1;
    drawn.set(leaf, leaf.xi.map((xi, l) => (Number.isNaN(xi.value) ? { ...xi, value: signedStart(random, l) * unit } : xi)));
  }
  return { ...valued, root: mapLeaves(valued.root, (leaf) => ({ ...leaf, xi: drawn.get(leaf) ?? leaf.xi })) };
}

function signedStart(random: RandomGenerator, l: number): number {
  const size = SMALLEST_START + (LARGEST_START - SMALLEST_START) * uniformFloat64(random);
  return l % 2 === 0 ? size : -size;
}

/** Values for a restart: α, ln β, ξ and factors of species changed by up to a fifth, within the bounds of exponents. */
export function jitteredValues(form: ComposedForm, values: Float64Array, nSpecies: number, random: RandomGenerator): Float64Array {
  const { parameters, bases } = layoutParameters(form, nSpecies);
  const changed = values.map((value, p) => {
    const { kind } = parameters[p];
    if (isLinearKind(kind)) return value;
    const factor = 1 + JITTER * (2 * uniformFloat64(random) - 1);
    return kind === "beta" ? Math.max(SMALLEST_BETA, value ** factor) : value * factor;
  });
  for (const [b, { alpha, beta }] of bases.entries()) {
    const { size } = form.bases[b];
    if (alpha < 0 || size < 2) continue;
    changed[beta] = Math.max(SMALLEST_BETA, Math.min(changed[beta], (LARGEST_EXPONENT / changed[alpha]) ** (1 / (size - 1))));
  }
  return changed;
}
