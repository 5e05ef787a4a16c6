// Rows and covariance functions of GAP in plain loops, in which pairs count from both ends and triplets in both orders. Bartók & Csányi, IJQC 115, 1051 (2015), 10.1002/qua.24927.
import type { Structure } from "../../src/structures/index.js";
import { components, cutoffFunction, densityCoefficients, type PlainSoap, radialOf, type SoapShape } from "./quip-soap-twin.js";

export type PlainAtoms = Pick<Structure, "atomicNumbers" | "positions" | "cell">;

/** Å */
export interface PlainCutoff {
  readonly radius: number;
  readonly width: number;
}

export interface PlainRow {
  readonly center: number;
  readonly x: readonly number[];
  readonly fc: number;
}

export interface Neighbor {
  readonly atom: number;
  /** Å, from the center */
  readonly d: readonly number[];
  readonly r: number;
}

/** All images within a radius, an atom's own included. */
export function neighborsOf({ atomicNumbers, positions, cell }: PlainAtoms, i: number, radius: number): Neighbor[] {
  const found: Neighbor[] = [];
  const images = cell ? [-1, 0, 1] : [0];
  for (let j = 0; j < atomicNumbers.length; j++) {
    for (const a of images) for (const b of images) for (const c of images) {
      const d = [0, 1, 2].map((k) => positions[3 * j + k] - positions[3 * i + k] + (cell ? a * cell[k] + b * cell[3 + k] + c * cell[6 + k] : 0));
      const r = Math.hypot(...d);
      if (r > 1e-9 && r < radius) found.push({ atom: j, d, r });
    }
  }
  return found;
}

/** distance_2b */
export function pairRows(atoms: PlainAtoms, z: readonly [number, number], { radius, width }: PlainCutoff, exponents: readonly number[]): PlainRow[] {
  return [...atoms.atomicNumbers].flatMap((own, i) =>
    neighborsOf(atoms, i, radius)
      .filter(({ atom }) => [[own, atoms.atomicNumbers[atom]], [atoms.atomicNumbers[atom], own]].some(([a, b]) => a === z[0] && b === z[1]))
      .map(({ r }) => ({ center: i, x: exponents.map((e) => r ** e), fc: cutoffFunction(r, radius, width) })));
}

/** angle_3b */
export function tripletRows(atoms: PlainAtoms, center: number, z: readonly [number, number], { radius, width }: PlainCutoff): PlainRow[] {
  return [...atoms.atomicNumbers].flatMap((own, i) => {
    if (own !== center) return [];
    const around = neighborsOf(atoms, i, radius);
    return around.flatMap((j, a) => around.flatMap((k, b) => {
      const [zj, zk] = [atoms.atomicNumbers[j.atom], atoms.atomicNumbers[k.atom]];
      if (a === b || !((zj === z[0] && zk === z[1]) || (zj === z[1] && zk === z[0]))) return [];
      const across = Math.hypot(...[0, 1, 2].map((axis) => j.d[axis] - k.d[axis]));
      return [{ center: i, x: [j.r + k.r, (j.r - k.r) ** 2, across], fc: cutoffFunction(j.r, radius, width) * cutoffFunction(k.r, radius, width) }];
    }));
  });
}

/** Covariance functions of r² = Σ_d ((x_d − x′_d)/θ_d)² in D dimensions, by their numbers in gap.xml. */
export const covariances: Readonly<Record<string, (square: number, dimensions: number) => number>> = {
  1: (square) => Math.exp(-0.5 * square),
  4(square, dimensions) {
    const [r, j] = [Math.sqrt(square), Math.floor(dimensions / 2) + 2];
    return r < 1 ? (1 - r) ** (j + 1) * ((j + 1) * r + 1) : 0;
  },
};

/** soap: a row for every center of a species, with the constant component at its end. */
export function soapRows(atoms: PlainAtoms, center: number, soap: PlainSoap & SoapShape & { readonly sigma0: number }): PlainRow[] {
  const radial = radialOf(soap);
  return [...atoms.atomicNumbers].flatMap((own, i) => {
    if (own !== center) return [];
    const neighbors = neighborsOf(atoms, i, soap.radius).map(({ atom, d }) => ({ z: atoms.atomicNumbers[atom], d }));
    return [{ center: i, x: [...components(densityCoefficients(soap, soap, radial, own, neighbors), soap, soap.lMax), soap.sigma0], fc: 1 }];
  });
}
