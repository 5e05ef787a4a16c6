// The bispectrum as its papers define it, slowly: U by recursion in J for each neighbor, Z and B by sums over all components.
import { clebschGordan } from "../../../src/math/clebsch-gordan.js";
import type { Environments } from "../calculator.js";

/** Parameters as LAMMPS has them, by species index. */
export interface TwinParameters {
  readonly twoJMax: number;
  readonly rcutfac: number;
  readonly radii: readonly number[];
  readonly weights: readonly number[];
  readonly rfac0: number;
  readonly rmin0: number;
  readonly switch: boolean;
  readonly inner?: { readonly center: readonly number[]; readonly halfWidth: readonly number[] };
  readonly bzero: boolean;
  readonly bnorm: boolean;
  /** channel of each species, and how many there are */
  readonly elements: readonly number[];
  readonly nElements: number;
  readonly wselfall: boolean;
}

type Complex = readonly [real: number, imaginary: number];
type Matrix = Complex[][];

const times = (a: Complex, b: Complex): Complex => [a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]];
const plus = (a: Complex, b: Complex, factor = 1): Complex => [a[0] + factor * b[0], a[1] + factor * b[1]];

/** U^J of one displacement for J = 0 … twoJMax, rows μ, columns ν. */
export function rotationMatrices(twoJMax: number, [x, y, z]: readonly number[], theta: number): Matrix[] {
  const r = Math.hypot(x, y, z);
  const z0 = r / Math.tan(theta);
  const n = Math.hypot(r, z0);
  const conjugateA: Complex = [z0 / n, z / n];
  const conjugateB: Complex = [y / n, x / n];
  const list: Matrix[] = [[[[1, 0]]]];
  for (let j = 1; j <= twoJMax; j++) {
    const before = list[j - 1];
    const u: Matrix = Array.from({ length: j + 1 }, () => Array.from({ length: j + 1 }, (): Complex => [0, 0]));
    for (let mu = 0; mu < j; mu++) {
      for (let nu = 0; nu < j; nu++) {
        u[mu][nu] = plus(u[mu][nu], times(conjugateA, before[mu][nu]), Math.sqrt((j - nu) / (j - mu)));
        u[mu][nu + 1] = plus(u[mu][nu + 1], times(conjugateB, before[mu][nu]), -Math.sqrt((nu + 1) / (j - mu)));
      }
    }
    for (let nu = 0; nu <= j; nu++) u[j][j - nu] = [(-1) ** nu * u[0][nu][0], -((-1) ** nu) * u[0][nu][1]];
    list.push(u);
  }
  return list;
}

/** Rows of features of all centers. */
export function twinValues(parameters: TwinParameters, { centerSpecies, offsets, neighborSpecies, displacements }: Environments): Float64Array {
  const rows = centerSpecies.map((species, center) => {
    const neighbors = neighborSpecies.slice(offsets[center], offsets[center + 1]).map((neighbor, i) => {
      const at = 3 * (offsets[center] + i);
      return { species: neighbor, displacement: [...displacements.subarray(at, at + 3)] };
    });
    return twinRow(parameters, species, neighbors);
  });
  return Float64Array.from(rows.flat());
}

interface Neighbor {
  readonly species: number;
  readonly displacement: readonly number[];
}

function twinRow(parameters: TwinParameters, center: number, neighbors: readonly Neighbor[]): number[] {
  const { twoJMax, nElements, elements, wselfall, bzero, bnorm } = parameters;
  const totals = Array.from({ length: nElements }, (_, element) => {
    const isOwn = wselfall || nElements === 1 || element === elements[center];
    return totalMatrices(parameters, center, neighbors.filter(({ species }) => elements[species] === element), isOwn ? 1 : 0);
  });
  const row: number[] = [];
  for (let e1 = 0; e1 < nElements; e1++) {
    for (let e2 = 0; e2 < nElements; e2++) {
      for (let e3 = 0; e3 < nElements; e3++) {
        const isZero = bzero && (wselfall || nElements === 1 || [e1, e2, e3].every((element) => element === elements[center]));
        for (let j1 = 0; j1 <= twoJMax; j1++) {
          for (let j2 = 0; j2 <= j1; j2++) {
            for (let j = j1 - j2; j <= Math.min(twoJMax, j1 + j2); j += 2) {
              if (j < j1) continue;
              const value = component(totals[e1][j1], totals[e2][j2], totals[e3][j]) - (isZero ? j + 1 : 0);
              row.push(bnorm ? value / (j + 1) : value);
            }
          }
        }
      }
    }
  }
  return row;
}

function totalMatrices({ twoJMax, ...parameters }: TwinParameters, center: number, neighbors: readonly Neighbor[], self: number): Matrix[] {
  const total: Matrix[] = Array.from({ length: twoJMax + 1 }, (_, j) =>
    Array.from({ length: j + 1 }, (__, mu) => Array.from({ length: j + 1 }, (___, nu): Complex => [mu === nu ? self : 0, 0])),
  );
  for (const { species, displacement } of neighbors) {
    const r = Math.hypot(...displacement);
    const cutoff = parameters.rcutfac * (parameters.radii[center] + parameters.radii[species]);
    if (r >= cutoff) continue;
    const x = (r - parameters.rmin0) / (cutoff - parameters.rmin0);
    const weight = parameters.weights[species] * (parameters.switch && x > 0 ? 0.5 * (Math.cos(Math.PI * x) + 1) : 1) * innerSwitch(parameters, center, species, r);
    rotationMatrices(twoJMax, displacement, parameters.rfac0 * Math.PI * x).forEach((u, j) => {
      u.forEach((own, mu) => own.forEach((value, nu) => (total[j][mu][nu] = plus(total[j][mu][nu], value, weight))));
    });
  }
  return total;
}

function innerSwitch({ inner }: Pick<TwinParameters, "inner">, center: number, species: number, r: number): number {
  if (!inner) return 1;
  const middle = 0.5 * (inner.center[center] + inner.center[species]);
  const half = 0.5 * (inner.halfWidth[center] + inner.halfWidth[species]);
  if (r <= middle - half) return 0;
  return r >= middle + half ? 1 : 0.5 * (1 - Math.cos(0.5 * Math.PI * (1 + (r - middle) / half)));
}

/** Σ C C U1 U2 U* over all rows and columns. */
function component(first: Matrix, second: Matrix, third: Matrix): number {
  const [j1, j2, j] = [first, second, third].map(({ length }) => length - 1);
  const shift = (j1 + j2 - j) / 2;
  const pairs: (readonly [a: number, b: number, coefficient: number])[] = [];
  for (let a = 0; a <= j1; a++) {
    for (let b = 0; b <= j2; b++) {
      if (a + b < shift || a + b - shift > j) continue;
      pairs.push([a, b, clebschGordan(j1, 2 * a - j1, j2, 2 * b - j2, j, 2 * (a + b - shift) - j)]);
    }
  }
  let sum = 0;
  for (const [a, b, rowCoefficient] of pairs) {
    for (const [c, d, columnCoefficient] of pairs) {
      const product = times(first[a][c], second[b][d]);
      const [real, imaginary] = third[a + b - shift][c + d - shift];
      sum += rowCoefficient * columnCoefficient * (product[0] * real + product[1] * imaginary);
    }
  }
  return sum;
}
