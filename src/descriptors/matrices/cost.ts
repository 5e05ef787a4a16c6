import type { DataKind, DescriptorCost } from "../cost.js";

/** Larger matrices are mostly for molecules that nobody describes as a whole. */
const COMMON_ATOMS = 60;

function matrixCost(type: string, isCommon: (data: DataKind) => boolean): DescriptorCost {
  return {
    // room for the largest structure, whatever the sample that it is learned from holds
    presets: (data) => [{ name: type, parameters: { type, permutation: "eigenspectrum", nAtomsMax: data.largestStructure }, isCommon: isCommon(data) }],
    // the number of atoms, which every descriptor is measured by
    sizes: () => [],
    forAtoms: (parameters, nAtomsMax) => ({ ...parameters, nAtomsMax }),
    stages: { radial: [`descriptors/matrices/${type.split("-")[0]}`], products: ["descriptors/matrices", "linalg"] },
  };
}

export const coulombMatrixCost = matrixCost("coulomb-matrix", ({ isPeriodic, largestStructure }) => !isPeriodic && largestStructure <= COMMON_ATOMS);
export const sineMatrixCost = matrixCost("sine-matrix", () => false);
export const ewaldSumMatrixCost = matrixCost("ewald-sum-matrix", () => false);
