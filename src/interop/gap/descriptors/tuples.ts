import { symbolOf } from "../../../structures/periodic-table.js";
import type { OptionGroup } from "../option-group.js";
import { angle3bOptions, distance2bOptions } from "../options.js";
import { type DescriptorContext, type GapDescriptor, unorderedPairs } from "./gap-descriptor.js";

/** Å, of both. */
const TRANSITION_WIDTH = 0.5;

/** Pairs: Z1 and Z2 of the string, or every pair of species. */
export const distance2b: GapDescriptor = {
  options: distance2bOptions,
  namesSpecies: (group) => group.has("Z1") || group.has("Z2"),
  combinations: (species) => unorderedPairs(species).map(([Z1, Z2]) => ({ Z1: [Z1], Z2: [Z2] })),
  convert(group, context) {
    const exponents = exponentsOf(group);
    const exponent = group.number("tail_exponent") ?? 0;
    return {
      descriptor: {
        type: "distance-2b",
        species: neighborsOf(group, context),
        cutoff: cutoffOf(group),
        ...(exponents.join() !== "1" && { exponents }),
        ...(exponent > 0 && { tail: { exponent, range: group.number("tail_range") ?? 1 } }),
      },
      rowsPerRow: 1,
      weighsRows: true,
      constantComponent: undefined,
    };
  },
};

/** Triplets: Z_center, Z1 and Z2 of the string, or every center with every pair of species. */
export const angle3b: GapDescriptor = {
  options: angle3bOptions,
  namesSpecies: (group) => ["Z_center", "Z1", "Z2"].some((name) => group.has(name)),
  combinations: (species) => species.flatMap((center) => unorderedPairs(species).map(([Z1, Z2]) => ({ Z_center: [center], Z1: [Z1], Z2: [Z2] }))),
  convert: (group, context) => ({
    descriptor: { type: "angle-3b", center: speciesOf(group, context, "Z_center"), species: neighborsOf(group, context), cutoff: cutoffOf(group) },
    // (j, k) and (k, j)
    rowsPerRow: 2,
    weighsRows: true,
    constantComponent: undefined,
  }),
};

function exponentsOf(group: OptionGroup): number[] {
  const given = group.numbers("exponents");
  if (given) return given;
  const count = group.integer("n_exponents", 1) ?? 1;
  return count === 1 ? [1] : Array.from({ length: count }, (_, k) => -1 - k);
}

function cutoffOf(group: OptionGroup): object {
  return { radius: group.positive("cutoff"), width: group.number("cutoff_transition_width") ?? TRANSITION_WIDTH };
}

function neighborsOf(group: OptionGroup, context: DescriptorContext): string[] {
  return [speciesOf(group, context, "Z1"), speciesOf(group, context, "Z2")];
}

/** 0 stands for any. */
function speciesOf(group: OptionGroup, { choice }: DescriptorContext, name: string): string {
  const atomicNumber = group.integer(name, 0) ?? choice[name]?.[0] ?? 0;
  return atomicNumber === 0 ? "*" : symbolOf(atomicNumber);
}
