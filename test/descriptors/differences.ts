// Derivatives of all centers of a system by displacements of atoms and by strain: from the Jacobian, and by differences of values.
import type { Calculator, System, SystemEnvironments } from "./calculator.js";
import { transformed } from "./systems.js";

export interface Derivatives {
  /** [center][atom][3][feature] */
  readonly positions: Float64Array;
  /** [center][k][l][feature]: r_k → r_k + ε_kl r_l */
  readonly strain: Float64Array;
}

/** Sums the Jacobian over the pairs; the center's own row is minus the sum over its neighbors. */
export function fromJacobian(calculator: Calculator, system: System, environments: SystemEnvironments, jacobian: Float64Array): Derivatives {
  const { nFeatures } = calculator;
  const nAtoms = system.atomicNumbers.length;
  const { offsets, displacements, list } = environments;
  const nCenters = offsets.length - 1;
  const positions = new Float64Array(nCenters * nAtoms * 3 * nFeatures);
  const strain = new Float64Array(nCenters * 9 * nFeatures);
  for (let center = 0; center < nCenters; center++) {
    for (let pair = offsets[center]!; pair < offsets[center + 1]!; pair++) {
      for (let k = 0; k < 3; k++) {
        const row = jacobian.subarray((3 * pair + k) * nFeatures, (3 * pair + k + 1) * nFeatures);
        const own = list.centerAtoms[center]!;
        add(positions, ((center * nAtoms + list.neighborAtoms[pair]!) * 3 + k) * nFeatures, row, 1);
        if (own >= 0) add(positions, ((center * nAtoms + own) * 3 + k) * nFeatures, row, -1);
        for (let l = 0; l < 3; l++) add(strain, (center * 9 + 3 * k + l) * nFeatures, row, displacements[3 * pair + l]!);
      }
    }
  }
  return { positions, strain };
}

function add(target: Float64Array, at: number, row: Float64Array, factor: number): void {
  for (let f = 0; f < row.length; f++) target[at + f]! += factor * row[f]!;
}

const STEP = 5e-5;
/** Central differences of fourth order. */
const stencil = [[-2, 1 / 12], [-1, -2 / 3], [1, 2 / 3], [2, -1 / 12]] as const;

export function byDifferences(calculator: Calculator, system: System): Derivatives {
  const { nFeatures } = calculator;
  const nAtoms = system.atomicNumbers.length;
  const positions = new Float64Array(nAtoms * nAtoms * 3 * nFeatures);
  const strain = new Float64Array(nAtoms * 9 * nFeatures);
  const scatter = (target: Float64Array, perCenter: number, slot: number, moved: (h: number) => System): void => {
    for (const [steps, weight] of stencil) {
      const { values } = calculator.compute(calculator.environments(moved(steps * STEP)));
      for (let center = 0; center < nAtoms; center++) {
        const row = values.subarray(center * nFeatures, (center + 1) * nFeatures);
        add(target, (center * perCenter + slot) * nFeatures, row, weight / STEP);
      }
    }
  };
  for (let slot = 0; slot < 3 * nAtoms; slot++) {
    scatter(positions, 3 * nAtoms, slot, (h) => {
      const moved = system.positions.slice();
      moved[slot]! += h;
      return { ...system, positions: moved };
    });
  }
  for (let slot = 0; slot < 9; slot++) {
    scatter(strain, 9, slot, (h) => transformed(system, [1, 0, 0, 0, 1, 0, 0, 0, 1].map((one, i) => one + (i === slot ? h : 0))));
  }
  return { positions, strain };
}
