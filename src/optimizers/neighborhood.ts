import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import { standardNormal } from "../math/random.js";
import type { Dimension, Point } from "./optimizer.js";

/** A random point near another: a few coordinates, one at least, move by a normal deviate in shares of their range, or to another level. */
export function perturb(dimensions: readonly Dimension[], point: Point, scale: number, random: RandomGenerator): Point {
  const moved = uniformInt(random, 0, dimensions.length - 1);
  const share = Math.min(1, 3 / dimensions.length);
  return point.map((value, d) => (d === moved || uniformFloat64(random) < share ? move(dimensions[d], value, scale, random) : value));
}

function move(dimension: Dimension, value: number, scale: number, random: RandomGenerator): number {
  if (dimension.kind === "continuous") {
    const folded = Math.abs(value + scale * standardNormal(random)) % 2;
    return folded > 1 ? 2 - folded : folded;
  }
  if (dimension.levels === 1) return 0;
  if (dimension.kind === "categorical") return (value + uniformInt(random, 1, dimension.levels - 1)) % dimension.levels;
  const jump = Math.max(1, Math.round(Math.abs(scale * dimension.levels * standardNormal(random))));
  const next = value + (uniformFloat64(random) < 0.5 ? jump : -jump);
  return Math.min(Math.max(next, 0), dimension.levels - 1);
}
