import { speciesIndices } from "../../descriptors/species.js";
import { namingStructure } from "../../environments/environments.js";
import type { Geometry } from "../../environments/geometry.js";
import type { Arena } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import { rowDescriber } from "./described-rows.js";
import type { KernelRidgeTermTables } from "./tables.js";
import { TermEvaluator } from "./term-evaluator.js";

/**
 * Kernels of some structures with every one that the terms hold rows of, summed over the terms: f64 [nTrained] for each.
 * @param terms prepared for error bars
 * @throws {InvalidStructureError} naming the structure
 */
export function structureKernels(
  wasm: Wasm, terms: readonly KernelRidgeTermTables[], species: readonly number[], geometries: readonly Geometry[], nTrained: number, scratch: Arena,
): Float64Array[] {
  const sums = geometries.map(() => new Float64Array(nTrained));
  for (const term of terms) {
    const mark = scratch.mark();
    const describer = rowDescriber(wasm, term.descriptor, term.centers);
    const structures = geometries.map((geometry) =>
      namingStructure(geometry.label, () => ({ species: speciesIndices(geometry, species), described: describer.describe(geometry, scratch) })),
    );
    const results = new TermEvaluator(wasm, term).evaluate(structures, { nTargets: 0, gradients: false, nStructures: nTrained, own: false }, scratch);
    for (const [s, { kernels }] of results.entries()) kernels.forEach((kernel, trained) => (sums[s][trained] += kernel));
    scratch.reset(mark);
  }
  return sums;
}
