import { type Arithmetic, type DescriptorCost, type Extent, lengthsAround, withValue } from "../cost.js";
import type { OverlapMatrixParameters } from "./parameters.js";

/** Operations of the eigenvalues of an n×n matrix: 4/3 n³ for the reduction, some 20 n² for the iteration; vectors take 8/3 n³ and 3 n³ more. */
const eigenvalueFlops = (n: number): number => (4 / 3) * n ** 3 + 20 * n ** 2;

/** Overlaps of two atoms take about 60 operations, 16 of them with p orbitals 40 more; derivatives are three matrices and products with the vectors. */
function arithmetic({ orbitals: set }: OverlapMatrixParameters, { nCenters, nPairs }: Extent): Arithmetic {
  const orbitals = set === "s" ? 1 : 4;
  const atoms = nCenters > 0 ? 1 + nPairs / nCenters : 0;
  const n = orbitals * atoms;
  const elements = atoms ** 2 * (orbitals === 1 ? 30 : 100);
  const values = eigenvalueFlops(n) + elements;
  const vectors = values + (17 / 3) * n ** 3;
  const slopes = 3 * atoms ** 2 * (orbitals === 1 ? 4 : 100);
  return {
    values: nCenters * values,
    backward: nCenters * (vectors + slopes + 2 * n ** 3 + 6 * n ** 2),
    jacobian: nCenters * (vectors + slopes + 6 * n ** 3 + 6 * n ** 2 * atoms),
  };
}

export const overlapMatrixCost: DescriptorCost = {
  presets: ({ cutoff }) =>
    (["s", "sp"] as const).map((orbitals) => ({
      name: `overlap-matrix ${orbitals}`,
      parameters: { type: "overlap-matrix", orbitals, cutoff: { radius: cutoff } },
      isCommon: false,
    })),
  sizes(parameters) {
    const { cutoff, maxNeighbors } = parameters as unknown as OverlapMatrixParameters;
    // room for what a larger cutoff may hold
    const withRoom = (radius: number): Record<string, unknown> => ({
      ...withValue(parameters, ["cutoff", "radius"], radius),
      ...(maxNeighbors !== undefined && { maxNeighbors: Math.min(1000, Math.ceil(maxNeighbors * Math.max(1, 2 * (radius / cutoff.radius) ** 3))) }),
    });
    return [{ name: "cutoff", unit: "Å", values: lengthsAround(cutoff.radius), with: withRoom }];
  },
  stages: {
    radial: ["descriptors/overlap-matrix/matrix", "descriptors/overlap-matrix/pairs", "descriptors/overlap-matrix/atoms"],
    products: ["descriptors/overlap-matrix", "linalg"],
  },
  arithmetic: (parameters, extent) => arithmetic(parameters as unknown as OverlapMatrixParameters, extent),
};
