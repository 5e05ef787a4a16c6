import { symbolOf } from "../../structures/periodic-table.js";
import type { Feature, NeededSpecies, SpeciesList } from "../descriptor.js";
import { type ClusterBasis, clusterFeatureCount, speciesPairs } from "./basis.js";
import { basisOf, type ClusterParameters } from "./parameters.js";

/** Bases of a descriptor for a list of species, with the columns before each. */
export interface PlacedBasis {
  readonly basis: ClusterBasis;
  /** Column of its first function. */
  readonly firstFeature: number;
  /** Columns of a block: of one pair of species, or of all. */
  readonly blockFeatures: number;
  /** Pairs of species indices of each block; undefined: one block of all. */
  readonly pairs: readonly (readonly [number, number])[] | undefined;
}

/** Bases in their order. */
export function placeBases({ bases }: ClusterParameters, nSpecies: number): PlacedBasis[] {
  let end = 0;
  return bases.map((parameters) => {
    const basis = basisOf(parameters, nSpecies);
    const pairs = basis.species === "channels" ? speciesPairs(nSpecies) : undefined;
    const blockFeatures = clusterFeatureCount({ ...basis, species: "alike" }, nSpecies);
    const firstFeature = end;
    end += blockFeatures * (pairs?.length ?? 1);
    return { basis, firstFeature, blockFeatures, pairs };
  });
}

/** Columns of all bases. */
export function columnCount(placed: readonly PlacedBasis[]): number {
  return placed.reduce((sum, { blockFeatures, pairs }) => sum + blockFeatures * (pairs?.length ?? 1), 0);
}

/** What every column means: `G8 nu=1 Na-Cl`, `T4 nu=0 mu=2 degree=1 Na-Cl`; bases of one kind are numbered from the second on. */
export function describeColumns(placed: readonly PlacedBasis[], species: SpeciesList): Feature[] {
  const names = placed.map(({ basis }) => nameOf(basis));
  return placed.flatMap(({ basis, pairs }, b) => {
    const before = names.slice(0, b).filter((name) => name === names[b]).length;
    const name = before > 0 ? `${names[b]}#${before + 1}` : names[b];
    const blocks = pairs?.map((pair) => pair.map((index) => symbolOf(species[index]))) ?? [undefined];
    return blocks.flatMap((symbols) =>
      functionsOf(basis).map((label): Feature => ({
        label: [name, label, symbols?.join("-")].filter(Boolean).join(" "),
        bodyOrder: basis.body,
        channel: symbols ?? species.map(symbolOf),
      })),
    );
  });
}

function nameOf({ body, radial, size }: ClusterBasis): string {
  return `${body === 3 ? "T" : ""}${radial === "chebyshev" ? "C" : body === 2 ? "G" : ""}${size}`;
}

/** ν, or ν, μ and the polynomial of the angle. */
function functionsOf({ body, size, degrees = [] }: ClusterBasis): string[] {
  const numbers = Array.from({ length: size }, (_, nu) => nu);
  if (body === 2) return numbers.map((nu) => `nu=${nu}`);
  return numbers.flatMap((nu) => numbers.slice(nu).flatMap((mu) => degrees.map((degree) => `nu=${nu} mu=${mu} degree=${degree}`)));
}

/** What each column needs around centers of a species: a pair needs its other atom, a pair of neighbors both. */
export function neededByColumns(placed: readonly PlacedBasis[], species: SpeciesList, center: number): NeededSpecies[] {
  return placed.flatMap(({ basis, blockFeatures, pairs }) => {
    const needs = pairs?.map(([a, b]) => neededByPair(basis.body, [species[a], species[b]], center)) ?? [species.length === 1 ? [species[0]] : []];
    return needs.flatMap((needed) => new Array<NeededSpecies>(blockFeatures).fill(needed));
  });
}

function neededByPair(body: 2 | 3, pair: readonly [number, number], center: number): NeededSpecies {
  if (body === 3) return [...new Set(pair)];
  if (!pair.includes(center)) return null;
  return [pair[0] === center ? pair[1] : pair[0]];
}
