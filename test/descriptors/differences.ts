// Derivatives of all rows of a system by displacements of atoms and by strain: from the Jacobian, and by differences of values.
import type { Calculator, Computed, System, SystemEnvironments } from "./calculator.js";
import { transformed } from "./systems.js";

export interface Derivatives {
  /** [row][atom][3][feature] */
  readonly positions: Float64Array;
  /** [row][k][l][feature]: r_k → r_k + ε_kl r_l */
  readonly strain: Float64Array;
}

/** Sums the Jacobian over the entries; what moves the neighbor of a pair moves its center the other way. */
export function fromJacobian(calculator: Calculator, system: System, environments: SystemEnvironments, computed: Computed): Derivatives {
  const { nFeatures } = calculator;
  const nAtoms = system.atomicNumbers.length;
  const { displacements, list } = environments;
  const { offsets, pairs, jacobian } = computed;
  const nRows = offsets.length - 1;
  const centerOfPair = Array.from(list.centerAtoms, (_, center) => Array<number>(environments.offsets[center + 1] - environments.offsets[center]).fill(center)).flat();
  const positions = new Float64Array(nRows * nAtoms * 3 * nFeatures);
  const strain = new Float64Array(nRows * 9 * nFeatures);
  for (let row = 0; row < nRows; row++) {
    for (let entry = offsets[row]; entry < offsets[row + 1]; entry++) {
      const pair = pairs[entry];
      const own = list.centerAtoms[centerOfPair[pair]];
      for (let k = 0; k < 3; k++) {
        const derivative = jacobian.subarray((3 * entry + k) * nFeatures, (3 * entry + k + 1) * nFeatures);
        add(positions, ((row * nAtoms + list.neighborAtoms[pair]) * 3 + k) * nFeatures, derivative, 1);
        if (own >= 0) add(positions, ((row * nAtoms + own) * 3 + k) * nFeatures, derivative, -1);
        for (let l = 0; l < 3; l++) add(strain, (row * 9 + 3 * k + l) * nFeatures, derivative, displacements[3 * pair + l]);
      }
    }
  }
  return { positions, strain };
}

function add(target: Float64Array, at: number, row: Float64Array, factor: number): void {
  for (let f = 0; f < row.length; f++) target[at + f] += factor * row[f];
}

const STEP = 5e-5;
/** Central differences of fourth order. */
const stencil = [[-2, 1 / 12], [-1, -2 / 3], [1, 2 / 3], [2, -1 / 12]] as const;

export function byDifferences(calculator: Calculator, system: System): Derivatives {
  const { nFeatures } = calculator;
  const nAtoms = system.atomicNumbers.length;
  const nRows = calculator.compute(calculator.environments(system)).offsets.length - 1;
  const positions = new Float64Array(nRows * nAtoms * 3 * nFeatures);
  const strain = new Float64Array(nRows * 9 * nFeatures);
  const scatter = (target: Float64Array, perRow: number, slot: number, moved: (h: number) => System): void => {
    for (const [steps, weight] of stencil) {
      const { values } = calculator.compute(calculator.environments(moved(steps * STEP)));
      for (let row = 0; row < nRows; row++) {
        add(target, (row * perRow + slot) * nFeatures, values.subarray(row * nFeatures, (row + 1) * nFeatures), weight / STEP);
      }
    }
  };
  for (let slot = 0; slot < 3 * nAtoms; slot++) {
    scatter(positions, 3 * nAtoms, slot, (h) => {
      const moved = system.positions.slice();
      moved[slot] += h;
      return { ...system, positions: moved };
    });
  }
  for (let slot = 0; slot < 9; slot++) {
    scatter(strain, 9, slot, (h) => transformed(system, [1, 0, 0, 0, 1, 0, 0, 0, 1].map((one, i) => one + (i === slot ? h : 0))));
  }
  return { positions, strain };
}
