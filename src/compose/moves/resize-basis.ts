import { type ClusterBasis, speciesPairs, speciesWeightCount } from "../../descriptors/cluster/basis.js";
import { basisCounts, freshValues, mapLeaves, type StartValue, type ValuedBasis, type ValuedForm } from "../valued-form.js";

/** Which function ν of the present basis the function ν of the changed one is; undefined: it is new. */
export type FunctionOrigin = (nu: number) => number | undefined;

/**
 * The same form with another number of functions in one basis, in all leaves that use it. Coefficients of new functions are 0, their factors of species 1.
 * @param index of the basis
 * @param exponents α and β of the changed basis
 */
export function resizeBasis(valued: ValuedForm, index: number, size: number, origin: FunctionOrigin, exponents: ValuedBasis["exponents"]): ValuedForm {
  const { basis: before, weights } = valued.bases[index];
  const basis: ClusterBasis = { ...before, size };
  const origins = featureOrigins(basis, before, valued.nSpecies, origin);
  const changed: ValuedBasis = { basis, exponents, weights: resizedWeights(weights, basis, before, valued.nSpecies, origin) };
  const root = mapLeaves(valued.root, (leaf) => {
    if (leaf.basis !== index) return leaf;
    const perFeature = Math.max(1, leaf.xi.length);
    const c = origins.flatMap((old): readonly StartValue[] =>
      old === undefined ? freshValues(perFeature, 0) : leaf.c.slice(old * perFeature, (old + 1) * perFeature),
    );
    return { ...leaf, c };
  });
  return { ...valued, bases: valued.bases.map((entry, b) => (b === index ? changed : entry)), root };
}

/** By feature of the changed basis that of the present one. */
function featureOrigins(basis: ClusterBasis, before: ClusterBasis, nSpecies: number, origin: FunctionOrigin): (number | undefined)[] {
  if (basis.body === 3) return tripletOrigins(basis, before, origin);
  const nChannels = basisCounts(before, nSpecies).features / before.size;
  return Array.from({ length: nChannels * basis.size }, (_, feature) => {
    const old = origin(feature % basis.size);
    return old === undefined ? undefined : Math.floor(feature / basis.size) * before.size + old;
  });
}

/** ν ≤ μ, then degrees, the last fastest. */
function tripletOrigins({ size, degrees = [] }: ClusterBasis, before: ClusterBasis, origin: FunctionOrigin): (number | undefined)[] {
  const pairs = functionPairs(size);
  const old = functionPairs(before.size);
  return pairs.flatMap(([nu, mu]) => {
    const place = old.findIndex(([a, b]) => a === origin(nu) && b === origin(mu));
    return degrees.map((_, q) => (place < 0 ? undefined : place * degrees.length + q));
  });
}

function functionPairs(size: number): (readonly [number, number])[] {
  return Array.from({ length: size }, (_, nu) => Array.from({ length: size - nu }, (_, k) => [nu, nu + k] as const)).flat();
}

/** Three-body bases have one factor for all their functions. */
function resizedWeights(weights: readonly StartValue[], basis: ClusterBasis, before: ClusterBasis, nSpecies: number, origin: FunctionOrigin): readonly StartValue[] {
  if (basis.body === 3 || speciesWeightCount(before, nSpecies) === 0) return weights;
  return speciesPairs(nSpecies).flatMap((_, pair) =>
    Array.from({ length: basis.size }, (_, nu): StartValue => {
      const old = origin(nu);
      return old === undefined ? { value: 1 } : weights[pair * before.size + old];
    }),
  );
}
