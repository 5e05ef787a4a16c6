import { InvalidParameterError } from "../../errors.js";
import type { GaussianDensity } from "../density-expansion/density.js";
import type { RadialReduction } from "../density-expansion/radial-reduction.js";
import { type FeatureIndex, type FeatureLayout, projectedLayout } from "../power-spectrum/features.js";
import type { ColumnMatrix } from "../reduction/column-map.js";
import type { RadialSetting } from "../reduction/schema.js";
import type { SoapParameters } from "./parameters.js";

/**
 * Makes sure that combinations of radial functions can be left out without a change of dot products.
 * @throws {InvalidParameterError} where products of radial functions do not turn with them, and where no function is spanned by others
 */
export function checkRadialReduction(density: GaussianDensity<SoapParameters>, { basis, compression: { mode, nuR = 2 } }: SoapParameters, { tolerance }: RadialSetting): void {
  const prefix = 'soap: reduction "radial"';
  if (density.convention.order !== "lower") {
    throw new InvalidParameterError(`${prefix} is for bases of QUIP, but the basis is "${basis}", whose functions are independent: use basis "equispaced-gaussian", or type "principal-components"`);
  }
  if (mode === "diagonal-radial" || (mode === "nu" && nuR < 2)) {
    throw new InvalidParameterError(`${prefix} needs all products of radial functions, but compression "${mode}" leaves some out: use type "principal-components"`);
  }
  const { nMax } = density.parameters;
  if (density.radialReduction!.counts.some((count) => count < nMax)) return;
  throw new InvalidParameterError(
    `${prefix} finds no function to leave out: all ${nMax} of basis "${basis}" are independent to the tolerance ${tolerance} for every degree; leave the reduction out, or use type "principal-components"`,
  );
}

/** The layout without products of functions that are not there. */
export function withCounts(layout: FeatureLayout, counts: readonly number[]): FeatureLayout {
  const kept = layout.index.flatMap(({ n, l }, product) => (n[0] < counts[l] && n[1] < counts[l] ? [product] : []));
  return projectedLayout(layout, kept.length, kept.map((product, feature) => ({ feature, product, weight: 1 })));
}

/** p′_uv = Σ U_nu U_n′v p_nn′ in columns, of which one stands for both (n, n′) and (n′, n) where the two channels have one species, with √2 where they differ. */
export function radialMap(before: FeatureLayout, after: FeatureLayout, { counts, bases }: RadialReduction): ColumnMatrix {
  const [nBefore, nAfter] = [before.nFeatures, after.nFeatures];
  const matrix = new Float64Array(nBefore * nAfter);
  const isTriangle = before.triangle === "lower";
  const block = ({ species: [a, b], l }: FeatureIndex): string => `${a} ${b} ${l}`;
  const columns = new Map<string, number[]>();
  before.index.forEach((index, column) => {
    const key = block(index);
    if (columns.has(key)) columns.get(key)!.push(column);
    else columns.set(key, [column]);
  });
  after.projection!.forEach(({ product, feature }) => {
    const to = after.index[product];
    const { l, n: [u, v] } = to;
    const at = (n: number, k: number): number => bases[l][n * counts[l] + k];
    const isSymmetric = isTriangle && to.species[0] === to.species[1];
    for (const column of columns.get(block(to))!) {
      const [n, m] = before.index[column].n;
      const isMirrored = isSymmetric && n !== m;
      const both = at(n, u) * at(m, v) + (isMirrored ? at(m, u) * at(n, v) : 0);
      matrix[column * nAfter + feature] = both * (isSymmetric && u !== v ? Math.SQRT2 : 1) / (isMirrored ? Math.SQRT2 : 1);
    }
  });
  return { nBefore, nAfter, matrix };
}
