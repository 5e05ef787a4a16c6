import type { ClusterCutoff, SpeciesMode } from "../../src/descriptors/cluster/basis.js";
import type { ComposedContent } from "../../src/interop/composed/embedded-atom.js";
import { layoutParameters, type ParameterKind } from "../../src/models/composed/parameters.js";
import { parseNotation } from "../../src/models/composed/notation.js";

/** What a notation does not say. */
export interface ComposedCase {
  /** Atomic numbers; default: niobium. */
  readonly species?: readonly number[];
  readonly cutoff?: ClusterCutoff;
  readonly mode?: SpeciesMode;
}

const sizes: Readonly<Record<ParameterKind, (k: number) => number>> = {
  alpha: (k) => 0.05 + 0.013 * (k % 7),
  beta: (k) => 1.6 + 0.1 * (k % 4),
  weight: (k) => 1 + 0.5 * Math.sin(k),
  shift: (k) => 0.7 * Math.cos(2 * k),
  coefficient: (k) => 0.4 * Math.sin(3 * k + 1),
  exponent: (k) => 0.12 * Math.cos(5 * k),
};

/** A composed potential with made-up values that are all different. */
export function composedOf(notation: string, { species = [41], cutoff = { radius: 4.5, function: "poly4" }, mode = "weights" }: ComposedCase = {}): ComposedContent {
  const form = { cutoff, ...parseNotation(notation, mode) };
  return { species, form, values: Float64Array.from(layoutParameters(form, species.length).parameters, ({ kind }, k) => sizes[kind](k)) };
}
