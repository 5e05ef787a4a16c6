import { type Arithmetic, countsAround, type DescriptorCost, type Extent, lengthsAround, withValue } from "../cost.js";
import { speciesPairs } from "./basis.js";
import type { ClusterBasisParameters, ClusterParameters } from "./parameters.js";

/** Operations of a Gaussian, with the one that is behind it, and of a polynomial. */
const RADIAL = { gaussian: 24, chebyshev: 4 };

/** Of a pair, in rows and on the way back, and of a center. */
function basisArithmetic({ body, radial, size, degrees = [], species }: ClusterBasisParameters, nSpecies: number) {
  const functions = RADIAL[radial] * size;
  if (body === 2) return { values: functions, slopes: 6 * size, jacobian: 4 * size, center: 0, back: 0 };
  const orders = degrees.reduce((sum, degree) => sum + 2 * degree + 1, 0);
  const groups = species === "channels" ? speciesPairs(nSpecies).length : species === "weights" ? nSpecies : 1;
  const products = 2 * size ** 2 * orders * groups;
  const columns = (size * (size + 1)) / 2;
  return {
    values: functions + 2 * size * orders + 2 * size ** 2,
    slopes: 4 * size + 4 * size * orders + 2 * size ** 2,
    jacobian: 8 * size * orders + 18 * columns * degrees.length * (species === "channels" ? nSpecies : 1),
    center: products,
    back: products,
  };
}

/** Harmonics take about three (seven with gradients) multiply–adds. */
function arithmetic({ bases }: ClusterParameters, { nSpecies, nCenters, nPairs }: Extent): Arithmetic {
  const parts = bases.map((basis) => basisArithmetic(basis, nSpecies));
  const sum = (key: keyof (typeof parts)[number]): number => parts.reduce((total, part) => total + part[key], 0);
  const lMax = Math.max(-1, ...bases.flatMap(({ degrees = [] }) => degrees));
  const harmonics = 6 * (lMax + 1) ** 2;
  const values = nCenters * sum("center") + nPairs * (10 + sum("values") + harmonics);
  return {
    values,
    backward: values + nCenters * sum("back") + nPairs * (10 + sum("slopes") + 2 * harmonics),
    jacobian: values + nPairs * (10 + sum("slopes") + sum("jacobian") + 2 * harmonics),
  };
}

export const clusterCost: DescriptorCost = {
  presets: ({ cutoff }) => [
    { name: "cluster G8", parameters: { type: "cluster", cutoff: { radius: cutoff }, bases: [{ body: 2, size: 8 }] }, isCommon: false },
    {
      name: "cluster G8 T4",
      parameters: { type: "cluster", cutoff: { radius: cutoff }, bases: [{ body: 2, size: 8 }, { body: 3, size: 4, degrees: [0, 1, 2, 3] }] },
      isCommon: false,
    },
  ],
  sizes(given) {
    const { cutoff, bases } = given as unknown as ClusterParameters;
    // exponents that were filled in follow the size
    const sized = (size: number): Record<string, unknown> => ({ ...given, bases: [{ ...bases[0], beta: undefined, size }, ...bases.slice(1)] });
    return [
      { name: "cutoff", unit: "Å", values: lengthsAround(cutoff.radius), with: (radius) => withValue(given, ["cutoff", "radius"], radius) },
      { name: "size", unit: "", values: countsAround(bases[0].size, bases[0].body === 3 ? 24 : 64), with: sized },
    ];
  },
  stages: {
    radial: ["descriptors/cluster/radial", "descriptors/cluster/neighbors", "math/cutoff", "math/decay"],
    angular: ["descriptors/cluster/densities", "math/spherical-harmonics", "math/outer-tile"],
    products: ["descriptors/cluster"],
  },
  arithmetic: (parameters, extent) => arithmetic(parameters as unknown as ClusterParameters, extent),
};
