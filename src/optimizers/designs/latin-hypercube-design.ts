import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import type { UnitPoint } from "../dimensions.js";

export interface LatinHypercube {
  readonly points: number;
  readonly dimensions: number;
  /** In the middle of each stratum instead of anywhere in it. */
  readonly centered: boolean;
  /** Exchanges that are tried to move the closest points apart. */
  readonly exchanges: number;
}

/** Power p of the criterion Σ distance^−p, which ranks designs by their smallest distance. */
const POWER = 15;

/**
 * One point in each of n equal strata of every coordinate (McKay, Beckman & Conover 1979, doi:10.1080/00401706.1979.10489755), then
 * exchanges of one coordinate between two points that move the closest points apart (Morris & Mitchell 1995,
 * doi:10.1016/0378-3758(94)00035-T).
 */
export function latinHypercube({ points, dimensions, centered, exchanges }: LatinHypercube, random: RandomGenerator): readonly UnitPoint[] {
  const design = Array.from({ length: points }, () => new Array<number>(dimensions).fill(0));
  for (let d = 0; d < dimensions; d++) {
    const order = permutation(points, random);
    for (const [i, point] of design.entries()) point[d] = (order[i] + (centered ? 0.5 : uniformFloat64(random))) / points;
  }
  if (points > 2 && dimensions > 1) for (let i = 0; i < exchanges; i++) tryExchange(design, random);
  return design;
}

function tryExchange(design: number[][], random: RandomGenerator): void {
  const a = uniformInt(random, 0, design.length - 1);
  const b = (a + uniformInt(random, 1, design.length - 1)) % design.length;
  const d = uniformInt(random, 0, design[0].length - 1);
  const swap = (): void => {
    const kept = design[a][d];
    design[a][d] = design[b][d]!;
    design[b][d] = kept;
  };
  const before = crowding(design, a, b);
  swap();
  if (!(crowding(design, a, b) < before)) swap();
}

/** Σ distance^−p over the pairs with one of the two points; their own distance does not change. */
function crowding(design: readonly UnitPoint[], a: number, b: number): number {
  let sum = 0;
  for (const [i, point] of design.entries()) {
    if (i === a || i === b) continue;
    sum += squaredDistance(point, design[a]) ** (-POWER / 2) + squaredDistance(point, design[b]) ** (-POWER / 2);
  }
  return sum;
}

export function squaredDistance(a: UnitPoint, b: UnitPoint): number {
  let sum = 0;
  for (let d = 0; d < a.length; d++) sum += (a[d] - b[d]) ** 2;
  return sum;
}

/** 0 … n − 1 in random order (Fisher & Yates). */
function permutation(n: number, random: RandomGenerator): readonly number[] {
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = uniformInt(random, 0, i);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
