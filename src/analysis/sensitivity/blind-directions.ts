import type { EnvironmentDescriber } from "../../environments/environment-derivatives.js";
import type { SingleEnvironment } from "../../environments/single-environment.js";
import type { Workspace } from "../../linalg/dense.js";
import { completeRank, rankOf } from "./complete-rank.js";
import { sensitivityFrom } from "./sensitivity.js";
import { stabilizerOf, symmetricPart } from "./stabilizer.js";
import { coordinatesOf, TrivialModes } from "./trivial-modes.js";

/** Part of the largest singular value that counts as none: what is left of a zero by rounding is far below. */
const ZERO = 1e-10;
/** A projection has the singular values 0 and 1, up to the tolerance of the operations. */
const HALF = 0.5;
/** Body order up to which it is known what a complete fingerprint could see. */
const HIGHEST_ORDER = 4;

/** Why a fingerprint does not change, to first order, along displacements that are not rotations; each counts independent directions. */
export interface BlindDirections {
  /** Displacements without trivial modes. */
  readonly nModes: number;
  /** Singular values that are not 0. */
  readonly rank: number;
  /** Operations, the identity included, that map the environment onto itself; of atoms in line without the rotations about them. */
  readonly nOperations: number;
  /** Moves of neighbors that the fingerprint does not see at all: beyond the cutoff, or without overlap. */
  readonly range: number;
  /** Displacements that break a symmetry of the environment: no smooth invariant fingerprint sees them to first order. */
  readonly symmetry: number;
  /** Displacements that no fingerprint of this body order sees, although they keep every symmetry. */
  readonly incompleteness: number;
  /** Displacements that this body order could show: there are too few functions, or too low a degree. */
  readonly truncation: number;
  /** The rest: the body order is not one of those that are understood, or there are too many tuples. */
  readonly unknown: number;
}

/** What counts as 0, and as symmetric: more than by default where positions are rounded or relaxed, which breaks symmetries a little. */
export interface BlindDirectionsOptions {
  /** Part of the largest singular value below which others count as 0; default 10⁻¹⁰. */
  readonly zero?: number;
  /** Å, root mean square over the neighbors; default 10⁻⁶. */
  readonly symmetryTolerance?: number;
}

/**
 * Counts the zeros among the singular values of an environment by their cause. With the center fixed; where all atoms move, there are as many.
 * Symmetry and body order tell of smooth invariant fingerprints; one that sees more than they allow is not smooth there, as sorted eigenvalues where
 * they cross.
 * @throws {InvalidStructureError} as `EnvironmentDescriber.derivatives`
 */
export function blindDirections(space: Workspace, describer: EnvironmentDescriber, environment: SingleEnvironment, { zero = ZERO, symmetryTolerance }: BlindDirectionsOptions = {}): BlindDirections {
  const { descriptor, nFeatures } = describer;
  const derivatives = describer.derivatives(environment);
  const { singularValues } = sensitivityFrom(space, descriptor, environment, derivatives);
  const nModes = singularValues.length;
  const rank = singularValues.filter((value) => value > zero * singularValues[0]).length;
  const seen = seenPart(environment, derivatives.jacobian, nFeatures);
  const isInvariant = descriptor.turns === undefined;
  const nSeen = modesOf(seen, isInvariant);
  const { operations, symmetric } = symmetricModes(space, seen, symmetryTolerance);
  const left = new Remainder(nModes - rank);
  const range = left.take(nModes - nSeen);
  if (!isInvariant) return { nModes, rank, nOperations: operations, range, symmetry: 0, incompleteness: 0, truncation: 0, unknown: left.count };
  const symmetry = left.take(nSeen - symmetric);
  const order = Math.max(1, ...descriptor.features(describer.species).map(({ bodyOrder }) => bodyOrder));
  const most = left.count > 0 ? completeRank(space, seen, Math.min(order, HIGHEST_ORDER)) : 0;
  // a higher order sees at least as much as the highest that is known
  const isTold = most !== undefined && (order <= HIGHEST_ORDER || most >= symmetric);
  const incompleteness = isTold ? left.take(symmetric - most) : 0;
  const truncation = isTold || rank === nFeatures ? left.take(left.count) : 0;
  return { nModes, rank, nOperations: operations, range, symmetry, incompleteness, truncation, unknown: left.count };
}

/** Zeros that have no cause yet. */
class Remainder {
  constructor(public count: number) {}

  take(upTo: number): number {
    const taken = Math.max(0, Math.min(this.count, upTo));
    this.count -= taken;
    return taken;
  }
}

/** Without the neighbors that move nothing. */
function seenPart(environment: SingleEnvironment, jacobian: Float64Array, nFeatures: number): SingleEnvironment {
  const { neighbors, displacements } = environment;
  const width = 3 * nFeatures;
  const largest = Array.from(neighbors, (_, j) => jacobian.subarray(j * width, (j + 1) * width).reduce((most, value) => Math.max(most, Math.abs(value)), 0));
  const limit = ZERO * Math.max(0, ...largest);
  const seen = largest.flatMap((value, j) => (value > limit ? [j] : []));
  return {
    ...environment,
    neighbors: seen.map((j) => neighbors[j]),
    displacements: Float64Array.from(seen.flatMap((j) => [...displacements.subarray(3 * j, 3 * j + 3)])),
  };
}

function modesOf(environment: SingleEnvironment, turns: boolean): number {
  const coordinates = coordinatesOf(environment, "neighbors", false);
  return coordinates.count - new TrivialModes(coordinates, turns).count;
}

/** How many of the modes without rotations keep all symmetries. */
function symmetricModes(space: Workspace, environment: SingleEnvironment, tolerance: number | undefined): { readonly operations: number; readonly symmetric: number } {
  const stabilizer = stabilizerOf(environment, tolerance);
  const coordinates = coordinatesOf(environment, "neighbors", false);
  const trivial = new TrivialModes(coordinates, true);
  const projected = Array.from({ length: coordinates.count }, (_, k) => {
    const part = symmetricPart(stabilizer, Float64Array.from({ length: coordinates.count }, (__, i) => Number(i === k)));
    trivial.toComplement(part, 1);
    return part.subarray(trivial.count);
  });
  return { operations: stabilizer.operations.length, symmetric: rankOf(space, projected, coordinates.count - trivial.count, HALF) };
}

const plural = (count: number): string => `${count} displacement${count === 1 ? "" : "s"}`;

/** One sentence for each cause that there is, and what to do. */
export function describeBlindDirections({ range, symmetry, incompleteness, truncation, unknown, nOperations }: BlindDirections): string[] {
  const sentences: readonly (readonly [number, string])[] = [
    [range, "of neighbors that the descriptor does not see: a larger cutoff would"],
    [symmetry, `against the symmetry of the environment (${nOperations} operations): no smooth invariant descriptor sees them to first order`],
    [incompleteness, "that leave all tuples of this body order as they are to first order: only a descriptor of higher body order sees them"],
    [truncation, "that this body order could show: take more functions or a higher degree"],
    [unknown, "that are not seen, for a reason that is not known"],
  ];
  return sentences.flatMap(([count, text]) => (count > 0 ? [`${plural(count)} ${text}.`] : []));
}
