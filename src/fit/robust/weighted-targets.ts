import { type EvaluateOptions, evaluateDataset } from "../../models/evaluate.js";
import type { Potential } from "../../models/potential.js";
import type { Executor } from "../../parallel/executor.js";
import type { Column } from "../../structures/column.js";
import type { Dataset } from "../../structures/dataset.js";
import { targetShapes } from "../../structures/target-columns.js";
import { VOIGT } from "../../structures/tensor.js";
import type { SigmaOptions } from "../sigma.js";
import { sigmaOf, type StructureSigma } from "../structure-sigma.js";
import { rowCount } from "../targets.js";

/** Names of the columns that hold σ/√w. */
const names = { energy: "σ of energies, re-weighted", forces: "σ of forces, re-weighted", virial: "σ of virials, re-weighted" } as const;

/** Every target of a fit with its σ: of each structure the energy, x y z of the atoms that are fitted, the virial (Voigt). */
export class WeightedTargets {
  /** First target of each structure, and the number of all. */
  readonly offsets: Int32Array;
  private readonly sigmas: readonly StructureSigma[];

  /** @throws {InvalidParameterError} as `sigmaOf` */
  constructor(
    readonly dataset: Dataset,
    private readonly sigma: SigmaOptions,
  ) {
    this.sigmas = Array.from({ length: dataset.nStructures }, (_, i) => sigmaOf(dataset, i, sigma));
    this.offsets = new Int32Array(dataset.nStructures + 1);
    this.sigmas.forEach((own, i) => (this.offsets[i + 1] = this.offsets[i] + rowCount(own)));
  }

  get count(): number {
    return this.offsets[this.offsets.length - 1];
  }

  /** Which kind a target of a structure is. */
  kindOf(structure: number, target: number): keyof typeof names {
    const { energy, forces } = this.sigmas[structure];
    const place = target - this.offsets[structure] - (energy === null ? 0 : 1);
    return place < 0 ? "energy" : place < (forces?.values.length ?? 0) ? "forces" : "virial";
  }

  /** The data with columns of σ/√w, and σ options that name them. */
  weighted(weights: Float64Array): { dataset: Dataset; sigma: SigmaOptions } {
    const { dataset, sigma, sigmas, offsets } = this;
    const energies = new Float64Array(dataset.nStructures).fill(NaN);
    const forces = new Float64Array(3 * dataset.nAtoms).fill(NaN);
    const virials = new Float64Array(6 * dataset.nStructures).fill(NaN);
    const has = { energy: false, forces: false, virial: false };
    for (const [i, own] of sigmas.entries()) {
      let next = offsets[i];
      if (own.energy !== null) energies[i] = own.energy / Math.sqrt(weights[next++]);
      own.forces?.values.forEach((value, k) => (forces[3 * (dataset.offsets[i] + own.forces!.atoms[Math.floor(k / 3)]) + (k % 3)] = value / Math.sqrt(weights[next++])));
      own.virial?.forEach((value, k) => (virials[6 * i + k] = value / Math.sqrt(weights[next++])));
      for (const name of ["energy", "forces", "virial"] as const) has[name] ||= own[name] !== null;
    }
    const columns: Column[] = [
      { name: names.energy, unit: targetShapes.energy.unit, per: "structure", width: 1, values: energies },
      { name: names.forces, unit: targetShapes.forces.unit, per: "atom", width: 3, values: forces },
      { name: names.virial, unit: targetShapes.virial.unit, per: "structure", width: 6, values: virials },
    ];
    const used = Object.fromEntries(Object.entries(names).filter(([target]) => has[target as keyof typeof names]));
    return { dataset: dataset.withColumns(columns), sigma: { ...sigma, columns: used } };
  }

  /** (predicted − reference)/σ of every target. */
  async residuals(potential: Potential, executor: Executor, options: Omit<EvaluateOptions, "want" | "total">): Promise<Float64Array> {
    const { dataset, sigmas } = this;
    const residuals = new Float64Array(this.count);
    const want = { forces: sigmas.some(({ forces }) => forces !== null), virial: sigmas.some(({ virial }) => virial !== null) };
    let [index, next] = [0, 0];
    for await (const { prediction } of evaluateDataset(potential, dataset, executor, { ...options, want })) {
      const { energy, forces, virial } = sigmas[index];
      const firstForce = 3 * dataset.offsets[index];
      if (energy !== null) residuals[next++] = (prediction.energy - dataset.energies[index]) / energy;
      forces?.values.forEach((sigma, k) => {
        const place = 3 * forces.atoms[Math.floor(k / 3)] + (k % 3);
        residuals[next++] = (prediction.forces![place] - dataset.forces[firstForce + place]) / sigma;
      });
      virial?.forEach((sigma, k) => {
        const reference = dataset.virials.subarray(9 * index, 9 * index + 9);
        const [a, b] = VOIGT[k];
        residuals[next++] = (prediction.virial![a] + prediction.virial![b] - reference[a] - reference[b]) / (2 * sigma);
      });
      index++;
    }
    return residuals;
  }
}
