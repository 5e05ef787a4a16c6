import { speciesIndices } from "../../descriptors/species.js";
import type { CenterRange, Geometry } from "../../environments/geometry.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { EvaluationRequest, PotentialEvaluator, Prediction, Want } from "../potential.js";
import { type DescribedRows, rowDescriber, type RowDescriber } from "./described-rows.js";
import { energyVariance, forceVariances } from "./error-bars.js";
import type { KernelRidgeTables } from "./tables.js";
import { TermEvaluator, type TermResult } from "./term-evaluator.js";

interface AttachedTerm {
  readonly evaluator: TermEvaluator;
  readonly describer: RowDescriber;
}

/** What is added up over the terms. */
interface Sums {
  /** Of each target, without its mean. */
  readonly targets: Float64Array;
  /** eV, nAtoms */
  readonly ofAtoms: Float64Array;
  /** f64 [3 × nAtoms] and [9], in the arena; 0 where not wanted */
  readonly forces: Pointer;
  readonly virial: Pointer;
  readonly terms: { readonly described: DescribedRows; readonly result: TermResult }[];
}

/**
 * Predictions of kernel ridge regression: E = Ē + Σ_i E₀(Z_i) + Σ_A α_A K(structure, A) with K a sum over terms, each a kernel of two rows, or the sum
 * of the kernels of all pairs of atoms.
 */
export class KernelRidgeEvaluator implements PotentialEvaluator {
  private readonly terms: readonly AttachedTerm[];

  constructor(
    private readonly wasm: Wasm,
    private readonly tables: KernelRidgeTables,
  ) {
    this.terms = tables.terms.map((term) => ({ evaluator: new TermEvaluator(wasm, term), describer: rowDescriber(wasm, term.descriptor, term.centers) }));
  }

  /** A structure is one piece: the range that begins with its first atom has all of it, but local energies. */
  evaluate(geometry: Geometry, { want, range = { first: 0, last: geometry.atomicNumbers.length } }: EvaluationRequest, scratch: Arena): Prediction {
    const nAtoms = geometry.atomicNumbers.length;
    const species = speciesIndices(geometry, this.tables.species);
    const hasAll = range.first === 0 && (range.last > 0 || nAtoms === 0);
    if (!hasAll && !want.localEnergies) return this.nothing(nAtoms, want);
    const mark = scratch.mark();
    const sums = this.sumTerms(geometry, species, want, scratch);
    const prediction = this.predictionOf(sums, species, want, range, scratch);
    scratch.reset(mark);
    return hasAll ? prediction : { ...this.nothing(nAtoms, want), localEnergies: prediction.localEnergies! };
  }

  private sumTerms(geometry: Geometry, species: Int32Array, want: Want, scratch: Arena): Sums {
    const { wasm, tables } = this;
    const nAtoms = species.length;
    const gradients = want.forces === true || want.virial === true;
    const zeros = (count: number): Pointer => {
      const pointer = scratch.f64(count);
      wasm.f64(pointer, count).fill(0);
      return pointer;
    };
    const sums: Sums = {
      targets: new Float64Array(tables.targets.length),
      ofAtoms: new Float64Array(nAtoms),
      forces: gradients ? zeros(3 * nAtoms) : 0,
      virial: gradients ? zeros(9) : 0,
      terms: [],
    };
    if (nAtoms === 0) return sums;
    const termWant = { nTargets: tables.targets.length, gradients, nStructures: want.errorBars ? (tables.errorBars?.size ?? 0) : 0 };
    for (const { evaluator, describer } of this.terms) {
      const described = describer.describe(geometry, scratch);
      const result = evaluator.evaluate(described, species, termWant, scratch);
      result.sums.forEach((sum, target) => (sums.targets[target] += sum));
      described.atoms.forEach((atom, row) => (sums.ofAtoms[atom] += result.ofRows[row]));
      if (gradients) described.addForces(result.gradients, sums.forces, sums.virial, scratch);
      sums.terms.push({ described, result });
    }
    return sums;
  }

  private predictionOf(sums: Sums, species: Int32Array, want: Want, range: CenterRange, scratch: Arena): Prediction {
    const { wasm, tables } = this;
    const nAtoms = species.length;
    const ofAtoms = species.reduce((sum, index) => sum + tables.atomEnergies[index], 0);
    const mean = nAtoms === 0 ? 0 : tables.targets[0].mean;
    const properties = tables.targets.slice(1).map(({ name, mean: own }, t) => [name, own + sums.targets[t + 1]] as const);
    return {
      energy: mean + ofAtoms + sums.targets[0],
      ...(want.forces ? { forces: wasm.f64(sums.forces, 3 * nAtoms).slice() } : {}),
      ...(want.virial ? { virial: wasm.f64(sums.virial, 9).slice() } : {}),
      ...(want.localEnergies ? { localEnergies: this.localEnergies(sums, species, mean, range) } : {}),
      ...(properties.length > 0 ? { properties: Object.fromEntries(properties) } : {}),
      ...(want.errorBars && tables.errorBars ? this.errorBars(sums, nAtoms, want, scratch) : {}),
    };
  }

  private errorBars({ terms }: Sums, nAtoms: number, want: Want, scratch: Arena): Pick<Prediction, "energyVariance" | "forceVariances"> {
    const { wasm, tables } = this;
    const bars = tables.errorBars!;
    const fitsForces = tables.terms.some(({ stack }) => stack !== null);
    if (nAtoms === 0) return { energyVariance: 0, ...(fitsForces && want.forces ? { forceVariances: new Float64Array(0) } : {}) };
    if (fitsForces) return forceVariances(wasm, tables, terms.map(({ described }) => described), nAtoms, want.forces === true, scratch);
    const kernels = new Float64Array(bars.size);
    let own = 0;
    for (const { result } of terms) {
      result.kernels.forEach((kernel, structure) => (kernels[structure] += kernel));
      own += result.own;
    }
    return { energyVariance: energyVariance(wasm, bars, kernels, own, scratch) };
  }

  private localEnergies({ targets, ofAtoms }: Sums, species: Int32Array, mean: number, { first, last }: CenterRange): Float64Array {
    const { atomEnergies, isSumOverAtoms } = this.tables;
    const share = (mean + (isSumOverAtoms ? 0 : targets[0])) / species.length;
    return ofAtoms.map((energy, atom) => (atom < first || atom >= last ? 0 : share + atomEnergies[species[atom]] + (isSumOverAtoms ? energy : 0)));
  }

  private nothing(nAtoms: number, want: Want): Prediction {
    return {
      energy: 0,
      ...(want.forces ? { forces: new Float64Array(3 * nAtoms) } : {}),
      ...(want.virial ? { virial: new Float64Array(9) } : {}),
      ...(want.localEnergies ? { localEnergies: new Float64Array(nAtoms) } : {}),
    };
  }
}
