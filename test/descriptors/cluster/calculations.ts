// Rows of cluster bases and their derivatives by parameters, by the program and by plain loops.
import { type Cluster } from "../../../src/descriptors/index.js";
import { basisOf, type ClusterBasisParameters, pairKey, tripletKey } from "../../../src/descriptors/cluster/parameters.js";
import { type ClusterBasis, speciesPairs, speciesWeightCount } from "../../../src/descriptors/cluster/basis.js";
import type { Executor } from "../../../src/parallel/index.js";
import { Arena } from "../../../src/wasm/memory.js";
import { type PlainFeatures, plainFeatures, type PlainNeighbor } from "../../models/composed/plain-basis.js";
import { Calculator, type Computed, type Environments } from "../calculator.js";

export interface ClusterRows extends Computed {
  /** nCenters × nParameters × nFeatures */
  readonly byParameter: Float64Array;
}

/** Rows, Jacobian and derivatives by parameters. */
export function computeCluster(executor: Executor, cluster: Cluster, species: readonly number[], environments: Environments): ClusterRows {
  const calculator = new Calculator(executor, cluster, species);
  const { evaluator } = calculator;
  const region = executor.pool.allocate(16 << 20, "test");
  try {
    const computed = calculator.compute(environments, { jacobian: true });
    const arena = new Arena(region);
    const batch = calculator.placeRows(arena, environments);
    const count = environments.centerSpecies.length * cluster.parameterNames(species).length * calculator.nFeatures;
    const out = arena.f64(count);
    executor.wasm.f64(out, count).fill(NaN);
    evaluator.parameterDerivatives!(batch, out, arena);
    return { ...computed, byParameter: executor.wasm.f64(out, count).slice() };
  } finally {
    executor.pool.release(region);
    calculator.release();
  }
}

/** Rows of one center by plain loops, as the descriptor has them. */
export interface PlainRows {
  /** [feature] */
  readonly values: number[];
  /** [3 neighbor + axis][feature] */
  readonly slopes: number[][];
  /** [parameter][feature] */
  readonly byParameter: number[][];
}

/** All bases side by side. */
export function plainRows({ parameters }: Cluster, species: readonly number[], environments: Environments, center: number): PlainRows {
  const { structure, neighbors } = structureAround(environments, center);
  const nSpecies = species.length;
  const parts = parameters.bases.map((own) => {
    const basis = basisOf(own, nSpecies);
    const weights = weightsOf(own, species);
    const around = (of: ClusterBasis, factors: readonly number[]): PlainFeatures =>
      plainFeatures(of, parameters.cutoff, { alpha: own.alpha ?? 1, beta: own.beta ?? 1, weights: factors }, structure, nSpecies, 0, neighbors);
    const isByNeighbors = basis.body === 3 && basis.species === "channels";
    if (!isByNeighbors) return joined([around(basis, weights.slice(0, speciesWeightCount(basis, nSpecies)))]);
    // the neighbors of one pair of species alone
    const nPairs = speciesPairs(nSpecies).length;
    const only = (pair: number): number[] => weights.map((_, key) => Number(key === structure.species[0] * nPairs + pair));
    const blocks = speciesPairs(nSpecies).map((_, pair) => around({ ...basis, species: "weights" }, only(pair)));
    return joined(blocks.map((block) => ({ ...block, byParameter: block.byParameter.slice(0, basis.radial === "gaussian" ? 2 : 0) })));
  });
  const width = parts.map((part) => part.values.length);
  const before = (index: number): number => width.slice(0, index).reduce((sum, count) => sum + count, 0);
  const nFeatures = before(parts.length);
  return {
    values: parts.flatMap((part) => part.values),
    slopes: Array.from({ length: 3 * neighbors.length }, (_, row) => parts.flatMap((part) => part.slopes.map((slopes) => slopes[row]))),
    byParameter: parts.flatMap((part, index) => part.byParameter.map((values) => embedded(values, before(index), nFeatures))),
  };
}

/** Blocks of one basis behind each other; all have the same parameters. */
function joined(blocks: readonly PlainFeatures[]): { values: number[]; slopes: number[][]; byParameter: number[][] } {
  return {
    values: blocks.flatMap(({ values }) => values),
    slopes: blocks.flatMap(({ slopes }) => slopes),
    byParameter: blocks[0].byParameter.map((_, parameter) => blocks.flatMap(({ byParameter }) => byParameter[parameter].values)),
  };
}

/** Factors of all keys in their order. */
function weightsOf({ body, size, weights = {} }: ClusterBasisParameters, species: readonly number[]): number[] {
  const pairs = speciesPairs(species.length).map((pair) => pair.map((index) => species[index]));
  if (body === 3) return species.flatMap((z) => pairs.map(([a, b]) => (weights[tripletKey(z, a, b)] ?? 1) as number));
  return pairs.flatMap(([a, b]) => (weights[pairKey(a, b)] as number[] | undefined) ?? new Array<number>(size).fill(1));
}

function embedded(values: readonly number[], first: number, length: number): number[] {
  return Array.from({ length }, (_, column) => values[column - first] ?? 0);
}

function structureAround({ centerSpecies, offsets, neighborSpecies, displacements }: Environments, center: number) {
  const pairs = Array.from({ length: offsets[center + 1] - offsets[center] }, (_, k) => offsets[center] + k);
  const neighbors = pairs.map((pair, k): PlainNeighbor => {
    const d = [...displacements.subarray(3 * pair, 3 * pair + 3)];
    const r = Math.hypot(...d);
    return { atom: k + 1, r, d, u: d.map((x) => x / r) };
  });
  const structure = { species: [centerSpecies[center], ...pairs.map((pair) => neighborSpecies[pair])], positions: [], cell: [], pbc: [] };
  return { structure, neighbors };
}

