import type { Geometry } from "../../environments/geometry.js";
import type { WorkContext } from "../../parallel/work-context.js";
import type { TaskContext } from "../../parallel/task.js";
import { withScratch } from "../../wasm/scratch.js";
import type { DoubleInformation } from "./double-information.js";
import type { ParameterSet } from "./eigen-system.js";
import type { OpenParametric } from "./fisher-data.js";
import type { ComposedPotential } from "./precise/composed-rows.js";
import { preciseRows } from "./precise/information-task.js";
import type { PreciseSource } from "./precise/precise-source.js";
import { plainRows } from "./row-task.js";
import { isNull } from "./spectrum-record.js";

/** Variances by F⁻¹, to be multiplied by that of the residuals. */
export interface Covariance {
  /** Of each parameter of the set. */
  readonly variances: Float64Array;
  /** Directions that were left out as their eigenvalues are rounding. */
  readonly truncated: number;
  /** Of the energy and of force components of a structure, jᵀF⁻¹j. */
  predictionVariances(geometry: Geometry): Promise<Float64Array>;
}

/** By the singular vectors of the scaled factor, those without a certain digit left out. */
export async function doubleCovariance(information: DoubleInformation, set: ParameterSet, open: OpenParametric, { executor, signal }: WorkContext): Promise<Covariance> {
  const system = await information.eigenSystem(set, true);
  const diagonal = information.diagonal();
  const n = set.parameters.length;
  const kept = system.values.map((_, k) => k).filter((k) => system.digits[k] > 0);
  const root = kept.map((k) => {
    const scale = 10 ** (-0.5 * system.logarithms[k]);
    return Float64Array.from(set.parameters, (p, i) => (system.vectors[k * n + i] * scale) / Math.sqrt(diagonal[p]));
  });
  return {
    variances: Float64Array.from(set.parameters, (_, i) => root.reduce((sum, row) => sum + row[i] ** 2, 0)),
    truncated: system.values.filter((_, k) => system.digits[k] === 0 && !isNull(system, k)).length,
    predictionVariances: async (geometry) => {
      const { tables, factors } = open;
      const rows = await executor.submit(plainRows, { tables, factors, geometry, forces: true }, { signal });
      const all = factors.length;
      return Float64Array.from({ length: rows.length / all }, (_, r) => {
        const product = (own: Float64Array): number => set.parameters.reduce((sum, p, i) => sum + own[i] * rows[r * all + p], 0);
        return root.reduce((sum, own) => sum + product(own) ** 2, 0);
      });
    },
  };
}

/** By the eigenvectors of the scaled matrix in high precision, null directions left out. */
export async function preciseCovariance(source: PreciseSource, set: ParameterSet, potential: ComposedPotential, context: WorkContext): Promise<Covariance> {
  const system = await source.eigenSystem(set, true);
  const { numbers, rows: root, count } = source.covarianceRoot(set, (k) => !isNull(system, k) && system.digits[k] > 0);
  const n = set.parameters.length;
  const values = numbers.numbers(root, count * n);
  const all = potential.values.length;
  return {
    variances: Float64Array.from(set.parameters, (_, i) => {
      let sum = 0;
      for (let k = 0; k < count; k++) sum += values[k * n + i] ** 2;
      return sum;
    }),
    truncated: system.values.filter((_, k) => system.digits[k] === 0 && !isNull(system, k)).length,
    predictionVariances: (geometry) => {
      const mark = numbers.mark();
      const { wasm, pool } = context.executor;
      const rows = withScratch(pool, (scratch) => preciseRows({ wasm, scratch } satisfies TaskContext, numbers, potential, geometry, { forces: true, virial: false }));
      const [product, sum] = [numbers.scalar(), numbers.scalar()];
      const variances = Float64Array.from({ length: 1 + geometry.positions.length }, (_, r) => {
        numbers.setNumber(sum, 0);
        for (let k = 0; k < count; k++) {
          numbers.setNumber(product, 0);
          for (const [i, p] of set.parameters.entries()) numbers.multiplyAdd(product, numbers.at(root, k * n + i), numbers.at(rows, r * all + p), product);
          numbers.multiplyAdd(sum, product, product, sum);
        }
        return numbers.number(sum);
      });
      numbers.reset(mark);
      return Promise.resolve(variances);
    },
  };
}
