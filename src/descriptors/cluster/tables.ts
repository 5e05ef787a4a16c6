import { harmonicsTable } from "../../math/spherical-harmonics.js";
import { nextSerial } from "../../parallel/attached.js";
import { alignUp, type MemoryPool, type Pointer, type Region } from "../../wasm/memory.js";
import { enumerations, recordBytes, type RecordValues, writeRecord } from "../../wasm/records.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { DescriptorMemory, PreparedDescriptor, SpeciesList } from "../descriptor.js";
import type { StateSize } from "../rows.js";
import { TableWriter } from "../table-writer.js";
import { type ClusterBasis, gaussianExponents, hasSpeciesWeights, speciesPairs } from "./basis.js";
import { columnCount, type PlacedBasis, placeBases } from "./columns.js";
import { type ClusterBasisParameters, type ClusterParameters, pairKey, tripletKey } from "./parameters.js";

const {
  ClusterChunk: { slots: SLOTS, rowBytes: ROW },
  ClusterRow: { count: GEOMETRY_ROWS },
  ClusterCutoffKind: cutoffKinds,
  RadialKind: radialKinds,
} = enumerations;
/** Two numbers are computed at once. */
const LANES = 2;
/** Regions of the tables beside those of each basis, and of each basis. */
const PARTS = { all: 3, basis: 5 };

/** Numbers of one basis, and where its parts stand in states and scratch. */
interface BasisPlan extends PlacedBasis {
  readonly parameters: ClusterBasisParameters;
  readonly stride: number;
  /** Largest degree; −1 for two-body bases. */
  readonly lMax: number;
  readonly nDensities: number;
  readonly nGroups: number;
  readonly firstRow: number;
  readonly densitiesAt: number;
  readonly selfAt: number;
  readonly partnersAt: number;
  readonly adjointAt: number;
  /** Places among the parameters; −1: none. */
  readonly alphaAt: number;
  readonly weightsAt: number;
  /** By row of the center. */
  readonly weights: readonly (readonly number[])[];
  readonly blocks: readonly number[];
}

/** All that the routines need to know for a list of species. */
export interface ClusterPlan {
  readonly species: SpeciesList;
  /** Species that some basis tells apart; 1 where none does. */
  readonly nToldApart: number;
  readonly cutoff: ClusterParameters["cutoff"];
  readonly nFeatures: number;
  readonly bases: readonly BasisPlan[];
  readonly parameterNames: string[];
  readonly lMax: number;
  /** Of one center. */
  readonly densityBytes: number;
  readonly selfBytes: number;
  readonly memberBytes: number;
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Lays out everything; cheap. */
export function planCluster(parameters: ClusterParameters, species: SpeciesList): ClusterPlan {
  const placed = placeBases(parameters, species.length);
  const nToldApart = placed.some(({ basis }) => basis.species !== "alike") ? species.length : 1;
  const parameterNames: string[] = [];
  const ends = { rows: 0, densities: 0, self: 0, member: 0 };
  const bases = placed.map((one, b): BasisPlan => {
    const own = parameters.bases[b];
    const { basis } = one;
    const lMax = basis.body === 3 ? Math.max(...basis.degrees!) : -1;
    const stride = (basis.size + 1) & ~1;
    const nDensities = basis.body === 3 ? (basis.species === "alike" ? 1 : species.length) : 0;
    const nGroups = basis.body === 3 ? (basis.species === "channels" ? species.length : 1) : 0;
    const density = 8 * (lMax + 1) ** 2 * stride;
    const products = basis.body === 3 ? 8 * basis.size * stride : 0;
    const take = (key: keyof typeof ends, bytes: number): number => (ends[key] += bytes) - bytes;
    return {
      ...one, parameters: own, stride, lMax, nDensities, nGroups,
      firstRow: take("rows", basis.size),
      densitiesAt: take("densities", nDensities * density),
      selfAt: take("self", nDensities * products),
      partnersAt: take("member", nGroups * density),
      adjointAt: take("member", basis.body === 3 ? density + products : 0),
      ...nameParameters(parameterNames, basis, `bases[${b}]`, species),
      weights: range(nToldApart === 1 ? 1 : nToldApart + 1).map((row) => weightsOfRow(own, basis, species, row - 1, nToldApart)),
      blocks: blocksOf(basis, nToldApart),
    };
  });
  const lMax = Math.max(...bases.map((basis) => basis.lMax));
  const { densities: densityBytes, self: selfBytes, member: memberBytes } = ends;
  return { species, nToldApart, cutoff: parameters.cutoff, nFeatures: columnCount(placed), bases, parameterNames, lMax, densityBytes, selfBytes, memberBytes };
}

/** Adds the names of the parameters of a basis; places of those before. */
function nameParameters(names: string[], basis: ClusterBasis, where: string, species: SpeciesList): { alphaAt: number; weightsAt: number } {
  const alphaAt = basis.radial === "gaussian" ? names.push(`${where}.alpha`, `${where}.beta`) - 2 : -1;
  if (!hasSpeciesWeights(basis, species.length)) return { alphaAt, weightsAt: -1 };
  const pairs = speciesPairs(species.length).map((pair) => pair.map((index) => species[index]));
  const keys =
    basis.body === 3
      ? species.flatMap((center) => pairs.map(([a, b]) => tripletKey(center, a, b)))
      : pairs.flatMap(([a, b]) => range(basis.size).map((nu) => `${pairKey(a, b)}[${nu}]`));
  return { alphaAt, weightsAt: names.push(...keys.map((key) => `${where}.weights.${key}`)) - keys.length };
}

/** Factors around a center: two-body [species][ν], three-body [species][species]; a point that is no atom has none. */
function weightsOfRow(own: ClusterBasisParameters, basis: ClusterBasis, species: SpeciesList, center: number, nToldApart: number): number[] {
  const neighbors = range(nToldApart);
  const isWeighted = hasSpeciesWeights(basis, species.length);
  const ofCenter = (weight: () => number): number => (!isWeighted ? 1 : center < 0 ? 0 : weight());
  if (basis.body === 3) {
    const ofPair = (s: number, t: number): number => ofCenter(() => (own.weights?.[tripletKey(species[center], species[s], species[t])] ?? 1) as number);
    return neighbors.flatMap((s) => neighbors.map((t) => ofPair(s, t)));
  }
  const ofNeighbor = (s: number, nu: number): number => ofCenter(() => (own.weights?.[pairKey(species[center], species[s])] as number[] | undefined)?.[nu] ?? 1);
  return neighbors.flatMap((s) => range(basis.size).map((nu) => ofNeighbor(s, nu)));
}

/** Blocks of columns: two-body by row of the center and neighbor, three-body by neighbor and group of partners. */
function blocksOf({ body, species: mode }: ClusterBasis, nToldApart: number): number[] {
  const all = range(nToldApart);
  const pairs = speciesPairs(nToldApart);
  const blockOf = (a: number, b: number): number => pairs.findIndex(([first, second]) => first === Math.min(a, b) && second === Math.max(a, b));
  if (body === 3) return mode === "channels" ? all.flatMap((s) => all.map((t) => blockOf(s, t))) : all.map(() => 0);
  if (mode !== "channels") return range(nToldApart === 1 ? 1 : nToldApart + 1).flatMap(() => all.map(() => 0));
  return [all.map(() => -1), ...all.map((center) => all.map((neighbor) => blockOf(center, neighbor)))].flat();
}

/** Densities of each center. */
export function clusterState({ densityBytes }: Pick<ClusterPlan, "densityBytes">): StateSize {
  return { perBatch: 0, perCenter: densityBytes, perPair: 0 };
}

/** What tables and scratch take. */
export function clusterMemory(plan: ClusterPlan): DescriptorMemory {
  const reals = plan.bases.reduce((sum, { basis, weights }) => sum + basis.size + weights.flat().length, 0) + harmonicsReals(plan.lMax);
  const integers = plan.bases.reduce((sum, { basis, blocks }) => sum + (basis.degrees?.length ?? 0) + blocks.length, 0);
  const records = recordBytes("ClusterTables") + plan.bases.length * (recordBytes("ClusterBasisTables") + recordBytes("RadialBasis"));
  const nRegions = PARTS.all + PARTS.basis * plan.bases.length;
  return {
    tables: records + 8 * reals + 4 * integers + nRegions * alignUp(1),
    scratch: { perBatch: alignUp(recordBytes("Environments")) + scratchLayout(plan).bytes + alignUp(1), perCenter: 0, perPair: 0 },
  };
}

const harmonicsReals = (lMax: number): number => 2 * (lMax + 1) * (lMax + 2);

/** Writes the tables of cluster bases into shared memory. */
export function prepareCluster(wasm: Wasm, pool: MemoryPool, plan: ClusterPlan, descriptor: string): PreparedDescriptor {
  const regions: Region[] = [];
  const place = (bytes: number, what: string): Pointer => {
    const region = pool.allocate(bytes, `${what} of ${descriptor}`);
    regions.push(region);
    return region.pointer;
  };
  const writer = new TableWriter(wasm, place);
  const pointer = place(recordBytes("ClusterTables"), "parameters");
  const { offsets, bytes: scratchBytes } = scratchLayout(plan);
  const { cutoff, nFeatures, bases, species, lMax, densityBytes, selfBytes, memberBytes, parameterNames, nToldApart } = plan;
  writeRecord(wasm, pointer, "ClusterTables", {
    cutoff: cutoff.radius, cutoffKind: cutoffKinds[cutoff.function], nFeatures, nParameters: parameterNames.length, nSpecies: nToldApart,
    nBases: bases.length, bases: writer.records("ClusterBasisTables", bases.map((basis) => basisRecord(writer, basis)), "bases"),
    lMax, harmonics: writer.reals(lMax < 0 ? [] : harmonicsTable(lMax), "harmonics table"), densityBytes, selfBytes, memberBytes, ...offsets,
  });
  const data = { pointer, scratchBytes, memberBytes, nParameters: parameterNames.length, changeBytes: 2 * densityBytes + selfBytes };
  return {
    tables: { serial: nextSerial(), descriptor, nFeatures, cutoff: cutoff.radius, species, rows: "center", stateSize: clusterState(plan), data },
    release: () => regions.forEach((region) => pool.release(region)),
  };
}

function basisRecord(writer: TableWriter, plan: BasisPlan): RecordValues<"ClusterBasisTables"> {
  const { basis, parameters, stride, firstFeature, blockFeatures, lMax, nDensities, nGroups, firstRow, densitiesAt, selfAt, partnersAt, adjointAt } = plan;
  const { alpha, beta } = parameters;
  const isGaussian = basis.radial === "gaussian";
  const exponents = writer.reals(isGaussian ? gaussianExponents(alpha!, beta!, basis.size) : [], "exponents");
  const { alphaAt, weightsAt } = plan;
  return {
    radial: writer.records("RadialBasis", [{ kind: radialKinds[basis.radial], size: basis.size, exponents }], "radial functions"),
    body: basis.body, size: basis.size, stride, firstFeature, blockFeatures,
    degrees: writer.integers(basis.degrees ?? [], "degrees"), nDegrees: basis.degrees?.length ?? 0,
    lMax, nDensities, nGroups,
    weights: writer.reals(plan.weights.flat(), "weights"), weightBytes: 8 * plan.weights[0].length,
    blocks: writer.integers(plan.blocks, "blocks"),
    firstRow, densitiesAt, selfAt, partnersAt, adjointAt,
    alphaAt, betaAt: alphaAt < 0 ? -1 : alphaAt + 1, weightsAt,
    inverseAlpha: isGaussian ? 1 / alpha! : 0, inverseBeta: isGaussian ? 1 / beta! : 0,
  };
}

/** Offsets of the parts of the scratch. */
function scratchLayout({ bases, lMax, selfBytes, memberBytes }: Pick<ClusterPlan, "bases" | "lMax" | "selfBytes" | "memberBytes">) {
  const most = (size: (basis: BasisPlan) => number): number => Math.max(0, ...bases.map(size));
  const nRows = bases.reduce((sum, { basis }) => sum + basis.size, 0);
  const harmonics = (lMax + 1) ** 2;
  let bytes = 0;
  const take = (size: number): number => {
    const offset = bytes;
    bytes += alignUp(size);
    return offset;
  };
  const offsets = {
    slotPairAt: take(4 * (SLOTS + 1)),
    geometryAt: take(GEOMETRY_ROWS * ROW),
    valuesAt: take(nRows * ROW),
    slopesAt: take(nRows * ROW),
    harmonicsAt: take(4 * harmonics * ROW),
    legendreAt: take(4 * LANES * (lMax + 1) * (lMax + 2)),
    sumsAt: take(8 * LANES * 4),
    contractedAt: take(2 * harmonics * ROW),
    transposedAt: take(most(({ stride }) => 8 * SLOTS * stride)),
    transposed2At: take(most(({ stride }) => 8 * SLOTS * stride)),
    productAt: take(most(({ basis, stride }) => Math.max(8 * basis.size * stride, basis.size * ROW, 32 * stride * (basis.degrees?.length ?? 0)))),
    selfAt: take(selfBytes),
    // the first of several gradients; room for more comes behind
    membersAt: take(memberBytes),
  };
  return { offsets, bytes };
}
