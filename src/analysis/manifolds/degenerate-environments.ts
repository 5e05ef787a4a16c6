import type { SingleEnvironment } from "../../environments/single-environment.js";
import { InvalidParameterError } from "../../errors.js";

type Vector = readonly [number, number, number];

/** Latitude and azimuth of a direction, degrees. */
export type Direction = readonly [latitude: number, azimuth: number];

/** Å: C–H in the methane of the papers. */
const BOND_LENGTH = 1.09;
/** Degrees: three hydrogens of the methane of the papers. */
const FIRST_THREE: readonly Direction[] = [[67.5, 180], [-30, -36], [30, 36]];

/** A carbon with one hydrogen in each direction, all at one distance (Å). */
export function methaneOf(directions: readonly Direction[], radius = BOND_LENGTH, label = "methane"): SingleEnvironment {
  return environmentOfMethane(directions.map((direction) => onSphere(direction, radius)), label);
}

/**
 * A point of the two manifolds of methane of Pozdnyakov et al., Phys. Rev. Lett. 125, 166001 (2020), doi:10.1103/PhysRevLett.125.166001: three hydrogens stay,
 * the fourth has this direction. Those at latitude 0 and opposite azimuths (±φ) have the same distances and angles around the carbon, but are not
 * congruent: no fingerprint of two and three bodies tells them apart.
 */
export function methaneManifold(fourth: Direction, radius = BOND_LENGTH): SingleEnvironment {
  return methaneOf([...FIRST_THREE, fourth], radius, `methane with its fourth hydrogen at latitude ${fourth[0]}°, azimuth ${fourth[1]}°`);
}

/**
 * The published grid of one of the two manifolds, 81 environments: azimuths of ±126° … ±162° of the fourth hydrogen, and within each the latitudes
 * 18° … −18°. Environments 4, 13, …, 76 (from 0) of both are the nine degenerate pairs.
 */
export function methaneManifoldGrid(branch: "minus" | "plus"): SingleEnvironment[] {
  const sign = branch === "plus" ? 1 : -1;
  const steps = Array.from({ length: 9 }, (_, k) => k);
  return steps.flatMap((i) => steps.map((j) => methaneManifold([18 - 4.5 * j, sign * (126 + 4.5 * i)])));
}

/**
 * Two environments of four neighbors with the same distances and angles around the center that are in general not congruent. With C₂ the rotation by 180°
 * about x, they are {h₁, h₂, C₂h₂, h₄} and {h₁, h₂, C₂h₂, C₂h₄}, where h₁ · (h₄ − C₂h₄) = 0: the part of `first` that would violate this is taken away, and
 * its length restored.
 * @throws {InvalidParameterError} where nothing is left of h₁
 * @param first h₁, Å
 * @param twin h₂, Å
 * @param other h₄, Å
 */
export function degeneratePair(first: readonly [number, number, number], twin: readonly [number, number, number], other: readonly [number, number, number]): [SingleEnvironment, SingleEnvironment] {
  const turned = ([x, y, z]: Vector): Vector => [x, -y, -z];
  // h₄ − C₂h₄ is twice the part of h₄ across x
  const [, y, z] = other;
  const across = Math.hypot(y, z);
  const part = across > 0 ? (first[1] * y + first[2] * z) / across ** 2 : 0;
  const kept: Vector = [first[0], first[1] - part * y, first[2] - part * z];
  const [wanted, left] = [Math.hypot(...first), Math.hypot(...kept)];
  if (!(left > 1e-6 * wanted)) throw new InvalidParameterError("nothing is left of the first neighbor of a degenerate pair: it must not point along the part of the other across x");
  const stretch = wanted / left;
  const common = [kept.map((value) => stretch * value), twin, turned(twin)];
  return [environmentOfMethane([...common, other], "one of a degenerate pair"), environmentOfMethane([...common, turned(other)], "the other of a degenerate pair")];
}

function onSphere([latitude, azimuth]: Direction, radius: number): Vector {
  const [lambda, phi] = [(latitude * Math.PI) / 180, (azimuth * Math.PI) / 180];
  return [radius * Math.cos(lambda) * Math.cos(phi), radius * Math.cos(lambda) * Math.sin(phi), radius * Math.sin(lambda)];
}

function environmentOfMethane(hydrogens: readonly (readonly number[])[], label: string): SingleEnvironment {
  return { center: 6, neighbors: hydrogens.map(() => 1), displacements: Float64Array.from(hydrogens.flat()), label };
}
