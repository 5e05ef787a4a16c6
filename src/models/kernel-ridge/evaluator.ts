import { speciesIndices } from "../../descriptors/species.js";
import { namingStructure } from "../../environments/environments.js";
import type { CenterRange, Geometry } from "../../environments/geometry.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { EvaluationRequest, PotentialEvaluator, Prediction, Want } from "../potential.js";
import { type DescribedRows, rowDescriber, type RowDescriber } from "./described-rows.js";
import { energyVariances, forceVariances, type StructureKernels } from "./error-bars.js";
import type { KernelRidgeTables } from "./tables.js";
import { TermEvaluator, type TermResult } from "./term-evaluator.js";

interface AttachedTerm {
  readonly evaluator: TermEvaluator;
  readonly describer: RowDescriber;
}

/** A structure, and what is added up over the terms. */
interface Sums {
  readonly geometry: Geometry;
  /** Index of every atom. */
  readonly species: Int32Array;
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
    const hasAll = range.first === 0 && (range.last > 0 || nAtoms === 0);
    if (!hasAll && !want.localEnergies) {
      speciesIndices(geometry, this.tables.species);
      return this.nothing(nAtoms, want);
    }
    const [prediction] = this.predict([geometry], want, range, scratch);
    return hasAll ? prediction : { ...this.nothing(nAtoms, want), localEnergies: prediction.localEnergies! };
  }

  evaluateTogether(geometries: readonly Geometry[], want: Want, scratch: Arena): Prediction[] {
    return this.predict(geometries, want, { first: 0, last: Infinity }, scratch);
  }

  private predict(geometries: readonly Geometry[], want: Want, range: CenterRange, scratch: Arena): Prediction[] {
    const mark = scratch.mark();
    const all = geometries.map((geometry) => namingStructure(geometry.label, () => this.emptySums(geometry, want, scratch)));
    this.sumTerms(all.filter(({ species }) => species.length > 0), want, scratch);
    const bars = want.errorBars && this.tables.errorBars ? this.errorBars(all, want, scratch) : undefined;
    const predictions = all.map((sums, i) => ({ ...this.predictionOf(sums, want, range), ...bars?.[i] }));
    scratch.reset(mark);
    return predictions;
  }

  private emptySums(geometry: Geometry, want: Want, scratch: Arena): Sums {
    const species = speciesIndices(geometry, this.tables.species);
    const gradients = want.forces === true || want.virial === true;
    const zeros = (count: number): Pointer => {
      const pointer = scratch.f64(count);
      this.wasm.f64(pointer, count).fill(0);
      return pointer;
    };
    return {
      geometry,
      species,
      targets: new Float64Array(this.tables.targets.length),
      ofAtoms: new Float64Array(species.length),
      forces: gradients ? zeros(3 * species.length) : 0,
      virial: gradients ? zeros(9) : 0,
      terms: [],
    };
  }

  private sumTerms(structures: readonly Sums[], want: Want, scratch: Arena): void {
    const { tables } = this;
    const gradients = want.forces === true || want.virial === true;
    const nStructures = want.errorBars ? (tables.errorBars?.size ?? 0) : 0;
    const termWant = { nTargets: tables.targets.length, gradients, nStructures, own: nStructures > 0 };
    for (const { evaluator, describer } of this.terms) {
      const described = structures.map(({ geometry, species }) => ({ species, described: namingStructure(geometry.label, () => describer.describe(geometry, scratch)) }));
      const results = evaluator.evaluate(described, termWant, scratch);
      for (const [s, { targets, ofAtoms, forces, virial, terms }] of structures.entries()) {
        const [rows, result] = [described[s].described, results[s]];
        result.sums.forEach((sum, target) => (targets[target] += sum));
        rows.atoms.forEach((atom, row) => (ofAtoms[atom] += result.ofRows[row]));
        if (gradients) rows.addForces(result.gradients, forces, virial, scratch);
        terms.push({ described: rows, result });
      }
    }
  }

  private predictionOf(sums: Sums, want: Want, range: CenterRange): Prediction {
    const { wasm, tables } = this;
    const { species } = sums;
    const nAtoms = species.length;
    const ofAtoms = species.reduce((sum, index) => sum + tables.atomEnergies[index], 0);
    const mean = nAtoms === 0 ? 0 : tables.targets[0].mean;
    const properties = tables.targets.slice(1).map(({ name, mean: own, atomValues }, t) => {
      const base = atomValues ? species.reduce((sum, index) => sum + atomValues[index], own) : own;
      return [name, base + sums.targets[t + 1]] as const;
    });
    return {
      energy: mean + ofAtoms + sums.targets[0],
      ...(want.forces ? { forces: wasm.f64(sums.forces, 3 * nAtoms).slice() } : {}),
      ...(want.virial ? { virial: wasm.f64(sums.virial, 9).slice() } : {}),
      ...(want.localEnergies ? { localEnergies: this.localEnergies(sums, species, mean, range) } : {}),
      ...(properties.length > 0 ? { properties: Object.fromEntries(properties) } : {}),
    };
  }

  private errorBars(all: readonly Sums[], want: Want, scratch: Arena): Pick<Prediction, "energyVariance" | "forceVariances">[] {
    const { wasm, tables } = this;
    const bars = tables.errorBars!;
    const withForces = want.forces === true;
    if (tables.terms.some(({ stack }) => stack !== null)) {
      return all.map(({ species: { length }, terms }) => {
        if (length === 0) return { energyVariance: 0, ...(withForces ? { forceVariances: new Float64Array(0) } : {}) };
        return forceVariances(wasm, tables, terms.map(({ described }) => described), length, withForces, scratch);
      });
    }
    const kernels = all.map(({ terms }): StructureKernels => {
      const sums = { kernels: new Float64Array(bars.size), own: 0 };
      for (const { result } of terms) {
        result.kernels.forEach((kernel, structure) => (sums.kernels[structure] += kernel));
        sums.own += result.own;
      }
      return sums;
    });
    return energyVariances(wasm, bars, kernels, scratch).map((energyVariance) => ({ energyVariance }));
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
