// A second reader of .yace files, written from the definition of their fields alone: plain loops, energies only, derivatives by differences. Linear
// expansions without cores.
import { parse } from "yaml";
import type { System } from "../descriptors/calculator.js";

interface Polynomials {
  readonly p: number;
  readonly r0: number;
  readonly xl: number;
  readonly xr: number;
  readonly pl: number;
  readonly pr: number;
  readonly maxn: number;
  readonly recursion_coefficients: { readonly A: readonly number[]; readonly B: readonly number[]; readonly C: readonly number[] };
}

interface Bond extends Polynomials {
  readonly radbasename: string;
  readonly radparameters: readonly number[];
  readonly nradbasemax: number;
  readonly nradmax: number;
  readonly lmax: number;
  readonly radcoefficients: readonly (readonly (readonly number[])[])[];
  readonly rcut: number;
  readonly dcut: number;
  readonly prehc?: number;
  readonly rcut_in?: number;
  readonly dcut_in?: number;
  readonly inner_cutoff_type?: string;
}

interface OwnFunction {
  readonly mu0: number;
  readonly rank: number;
  readonly ndensity: number;
  readonly num_ms_combs: number;
  readonly mus: readonly number[];
  readonly ns: readonly number[];
  readonly ls: readonly number[];
  readonly ms_combs: readonly number[];
  readonly ctildes: readonly number[];
}

interface File {
  readonly elements: readonly string[];
  readonly E0: readonly number[];
  readonly embeddings: Readonly<Record<string, { ndensity: number; FS_parameters: readonly number[] }>>;
  readonly bonds: Readonly<Record<string, Bond>>;
  readonly functions: Readonly<Record<string, readonly OwnFunction[]>>;
  readonly polypairpot?: Polynomials & { readonly rcut: number; readonly coefficients: Readonly<Record<string, readonly number[]>> };
  readonly reppot?: unknown;
}

type Complex = readonly [number, number];

export class PlainYace {
  private readonly file: File;

  /** @throws {Error} for what is not linear */
  constructor(text: string) {
    this.file = parse(text.replace(/\[(\d+), (\d+)\]:/gu, "pair-$1-$2:")) as File;
    const isLinear = Object.values(this.file.embeddings).every(({ ndensity, FS_parameters: numbers }) => numbers.every((own, i) => i % 2 === 0 || i > 2 * ndensity || own === 1));
    const hasCore = Object.values(this.file.bonds).some(({ prehc, inner_cutoff_type: type }) => (prehc ?? 0) !== 0 || type === "zbl") || this.file.reppot !== undefined;
    if (!isLinear || hasCore) throw new Error("not linear, or with a core");
  }

  /** Undefined for what is more than it knows. */
  static of(text: string): PlainYace | undefined {
    try {
      return new PlainYace(text);
    } catch {
      return undefined;
    }
  }

  /** eV, of each atom. */
  energies(system: System, symbols: readonly string[]): number[] {
    const mu = symbols.map((symbol) => this.file.elements.indexOf(symbol));
    return symbols.map((_, i) => this.energyOf(mu[i], this.neighborsOf(system, mu, i)));
  }

  energy(system: System, symbols: readonly string[]): number {
    return this.energies(system, symbols).reduce((sum, own) => sum + own, 0);
  }

  private energyOf(mu0: number, neighbors: readonly Neighbor[]): number {
    const A = new Map<string, Complex>();
    const g = neighbors.map(({ r, element }) => radialBasis(this.bond(mu0, element), r));
    const single = (k: number, mu: number): number => neighbors.reduce((sum, { element }, j) => (element === mu ? sum + g[j][k - 1] : sum), 0);
    const sumOver = (mu: number, n: number, l: number, m: number): Complex => {
      const key = `${mu} ${n} ${l} ${m}`;
      let own = A.get(key);
      if (!own) {
        own = [0, 0];
        for (const [j, { direction, element }] of neighbors.entries()) {
          if (element !== mu) continue;
          const bond = this.bond(mu0, mu);
          const R = isPolynomial(bond) ? g[j][n - 1] : (bond.radcoefficients[n - 1]?.[l] ?? []).reduce((sum, c, k) => sum + c * g[j][k], 0);
          const Y = harmonic(l, m, direction);
          own = [own[0] + R * Y[0], own[1] + R * Y[1]];
        }
        A.set(key, own);
      }
      return own;
    };
    const { FS_parameters } = this.file.embeddings[mu0];
    let energy = 0;
    for (const own of this.file.functions[mu0] ?? []) {
      for (let q = 0; q < own.num_ms_combs; q++) {
        let product: Complex = [1, 0];
        for (let t = 0; t < own.rank; t++) {
          const factor: Complex = own.rank === 1 ? [single(own.ns[0], own.mus[0]), 0] : sumOver(own.mus[t], own.ns[t], own.ls[t], own.ms_combs[q * own.rank + t]);
          product = [product[0] * factor[0] - product[1] * factor[1], product[0] * factor[1] + product[1] * factor[0]];
        }
        for (let p = 0; p < own.ndensity; p++) energy += FS_parameters[2 * p] * own.ctildes[q * own.ndensity + p] * product[0];
      }
    }
    return energy + this.pairEnergy(mu0, neighbors) + this.file.E0[mu0];
  }

  private pairEnergy(mu0: number, neighbors: readonly Neighbor[]): number {
    const { polypairpot: pair } = this.file;
    if (!pair) return 0;
    return neighbors.reduce((sum, { r, element }) => sum + 0.5 * polynomials(pair, r).reduce((own, P, n) => own + pair.coefficients[`pair-${mu0}-${element}`][n] * P, 0), 0);
  }

  private bond(i: number, j: number): Bond {
    return this.file.bonds[`pair-${i}-${j}`];
  }

  private neighborsOf({ positions, cell, pbc }: System, mu: readonly number[], i: number): Neighbor[] {
    const found: Neighbor[] = [];
    const reach = Math.max(...Object.values(this.file.bonds).map(({ rcut }) => rcut), this.file.polypairpot?.rcut ?? 0);
    const images = [0, 1, 2].map((k) => (cell && pbc[k] ? Math.ceil(reach / heightOf(cell, k)) + 1 : 0));
    for (let a = -images[0]; a <= images[0]; a++) {
      for (let b = -images[1]; b <= images[1]; b++) {
        for (let c = -images[2]; c <= images[2]; c++) {
          mu.forEach((element, j) => {
            if (i === j && a === 0 && b === 0 && c === 0) return;
            const d = [0, 1, 2].map((x) => positions[3 * j + x] - positions[3 * i + x] + (cell ? a * cell[x] + b * cell[3 + x] + c * cell[6 + x] : 0));
            const r = Math.hypot(...d);
            const bond = this.bond(mu[i], element);
            if (r < (isPolynomial(bond) ? reach : bond.rcut)) found.push({ r, direction: d.map((x) => x / r), element });
          });
        }
      }
    }
    return found;
  }
}

interface Neighbor {
  readonly r: number;
  readonly direction: readonly number[];
  readonly element: number;
}

function heightOf(cell: Float64Array, k: number): number {
  const row = (i: number): number[] => [...cell.subarray(3 * (i % 3), 3 * (i % 3) + 3)];
  const [u, v, w] = [row(k), row(k + 1), row(k + 2)];
  const normal = [v[1] * w[2] - v[2] * w[1], v[2] * w[0] - v[0] * w[2], v[0] * w[1] - v[1] * w[0]];
  return Math.abs(u[0] * normal[0] + u[1] * normal[1] + u[2] * normal[2]) / Math.hypot(...normal);
}

function isPolynomial({ radbasename }: Bond): boolean {
  return radbasename.startsWith("ACE.jl");
}

/** P_n, n = 1 … maxn. */
function polynomials({ p, r0, xl, xr, pl, pr, maxn, recursion_coefficients: { A, B, C } }: Polynomials, r: number): number[] {
  const x = ((1 + r0) / (1 + r)) ** p;
  const P: number[] = [];
  for (let n = 0; n < maxn; n++) {
    if (n === 0) P.push(x < xl || x > xr ? 0 : A[0] * (x - xl) ** pl * (x - xr) ** pr);
    else P.push((A[n] * x + B[n]) * P[n - 1] + C[n] * (P[n - 2] ?? 0));
  }
  return P;
}

/** P_n or g_k, from 1 on. */
function radialBasis(bond: Bond, r: number): number[] {
  return isPolynomial(bond) ? polynomials(bond, r) : pacemakerFunctions(bond, r);
}

/** Radial functions of pacemaker, with keys as in files. */
export type PacemakerBond = Pick<Bond, "radbasename" | "radparameters" | "nradbasemax" | "rcut" | "dcut" | "rcut_in" | "dcut_in" | "inner_cutoff_type">;

/** g_k, k = 1 … K. */
export function pacemakerFunctions({ radbasename, radparameters: [lambda], nradbasemax: K, rcut: rc, dcut, rcut_in: a, dcut_in: w, inner_cutoff_type: inner }: PacemakerBond, r: number): number[] {
  const T = (k: number, x: number): number => Math.cos(k * Math.acos(Math.min(1, Math.max(-1, x))));
  const list = <Value>(make: (k: number) => Value): Value[] => Array.from({ length: K }, (_, k) => make(k + 1));
  const functions = (): number[] => {
    switch (radbasename) {
      case "ChebPow": {
        const x = 2 * (1 - (1 - r / rc) ** lambda) - 1;
        return list((k) => 0.5 * (1 - T(k, x)));
      }
      case "ChebLinear":
        return list((k) => 0.5 * (1 - T(k, 1 - r / rc)));
      case "ChebExpCos": {
        const x = 1 - (2 * (Math.exp((-lambda * r) / rc) - Math.exp(-lambda))) / (1 - Math.exp(-lambda));
        let factor = 0.5 * (1 + Math.cos((Math.PI * r) / rc));
        if (r > rc - dcut) factor *= 0.5 * (1 + Math.cos((Math.PI * (r - rc + dcut)) / dcut));
        return list((k) => factor * (k === 1 ? 1 : 0.5 * (1 - T(k - 1, x))));
      }
      case "SBessel": {
        const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(x) / x);
        const f = (n: number): number => {
          const scale = ((-1) ** n * ((Math.SQRT2 * Math.PI) / rc ** 1.5) * (n + 1) * (n + 2)) / Math.sqrt((n + 1) ** 2 + (n + 2) ** 2);
          return scale * (sinc(((n + 1) * Math.PI * r) / rc) + sinc(((n + 2) * Math.PI * r) / rc));
        };
        const g: number[] = [];
        let d = 1;
        for (let n = 0; n < K; n++) {
          const e = (n ** 2 * (n + 2) ** 2) / (4 * (n + 1) ** 4 + 1);
          const next = n === 0 ? 1 : 1 - e / d;
          g.push(n === 0 ? f(0) : (f(n) + Math.sqrt(e / d) * g[n - 1]) / Math.sqrt(next));
          d = next;
        }
        return g;
      }
      default:
        throw new Error(`radial functions ${radbasename}`);
    }
  };
  if (inner !== "distance") return functions();
  const X = 1 - 2 * (1 + (r - a!) / w!);
  const S = r <= a! - w! ? 1 : r >= a! ? 0 : 0.5 + 3.75 * (X / 4 - X ** 3 / 6 + X ** 5 / 20);
  return functions().map((g) => g * (1 - S));
}

/** √(4π) Y_lm with the Condon–Shortley phase. */
function harmonic(l: number, m: number, [x, y, z]: readonly number[]): Complex {
  if (m < 0) {
    const [re, im] = harmonic(l, -m, [x, y, z]);
    return [(-1) ** m * re, -((-1) ** m) * im];
  }
  const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));
  // P_lm(cos θ) / sin^m θ by the recursion in l; sin^m θ e^{imφ} = (x + i y)^m
  let [before, P] = [0, (-1) ** m * Array.from({ length: m }, (_, i) => 2 * i + 1).reduce((product, odd) => product * odd, 1)];
  for (let own = m + 1; own <= l; own++) [before, P] = [P, ((2 * own - 1) * z * P - (own + m - 1) * before) / (own - m)];
  let power: Complex = [1, 0];
  for (let i = 0; i < m; i++) power = [power[0] * x - power[1] * y, power[0] * y + power[1] * x];
  const norm = Math.sqrt(((2 * l + 1) * factorial(l - m)) / factorial(l + m));
  return [norm * P * power[0], norm * P * power[1]];
}

/** eV/Å and eV: −∂E/∂r and −∂E/∂ε by five-point differences. */
export function differences(energy: (system: System) => number, system: System, step = 2e-4): { forces: number[]; virial: number[] } {
  const slope = (moved: (x: number) => System): number => {
    const E = [-2, -1, 1, 2].map((k) => energy(moved(k * step)));
    return (E[0] - 8 * E[1] + 8 * E[2] - E[3]) / (12 * step);
  };
  const forces = Array.from(system.positions, (_, c) => -slope((x) => ({ ...system, positions: system.positions.map((own, i) => (i === c ? own + x : own)) })));
  const strained = (values: Float64Array, a: number, b: number, x: number): Float64Array => values.map((own, i) => (i % 3 === a ? own + x * values[i - a + b] : own));
  const virial = Array.from({ length: 9 }, (_, k) => {
    const [a, b] = [Math.floor(k / 3), k % 3];
    return -slope((x) => ({ ...system, positions: strained(system.positions, a, b, x), cell: system.cell && strained(system.cell, a, b, x) }));
  });
  return { forces, virial };
}
