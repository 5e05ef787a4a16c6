// Many-body tensors by direct sums from their formulas: every Gaussian in every bin, by the normal distribution function.
import { normal } from "../../../src/descriptors/many-body/profiles.js";
import type { System } from "../calculator.js";

export interface DirectTerm {
  readonly geometry: string;
  readonly grid: { readonly min: number; readonly max: number; readonly sigma: number; readonly n: number };
  /** Weight of a pair by r; of a triplet by both legs and the third side; 0 where it does not count. */
  readonly weight: (ra: number, rb: number, rc: number) => number;
  /** Å: images beyond do not matter. */
  readonly range: number;
}

type Vector = readonly [number, number, number];

/** Atoms and images around a point: species and displacement, without what stands on it. */
export function around({ positions, cell, pbc, atomicNumbers }: System, point: Vector, range: number): { z: number; d: Vector }[] {
  const found: { z: number; d: Vector }[] = [];
  const steps = (k: number): number[] => (cell && pbc[k] ? [-4, -3, -2, -1, 0, 1, 2, 3, 4] : [0]);
  for (const a of steps(0)) for (const b of steps(1)) for (const c of steps(2)) {
    atomicNumbers.forEach((z, j) => {
      const d = [0, 1, 2].map((k) => positions[3 * j + k] - point[k] + (cell ? a * cell[k] + b * cell[3 + k] + c * cell[6 + k] : 0)) as [number, number, number];
      const r = Math.hypot(...d);
      if (r > 1e-9 && r <= range) found.push({ z, d });
    });
  }
  return found;
}

export class Histograms {
  private readonly bins = new Map<string, Float64Array>();

  constructor(
    private readonly term: DirectTerm,
    channels: readonly (readonly number[])[],
  ) {
    for (const channel of channels) this.bins.set(channel.join(), new Float64Array(term.grid.n));
  }

  get values(): number[] {
    return [...this.bins.values()].flatMap((bins) => [...bins]);
  }

  pair(channel: readonly number[], d: Vector, share: number): void {
    const r = Math.hypot(...d);
    this.add(channel, this.term.geometry === "distance" ? r : 1 / r, share * this.term.weight(r, 0, 0));
  }

  /** The angle between two vectors from the middle. */
  angle(channel: readonly number[], a: Vector, b: Vector): void {
    const [ra, rb, rc] = [Math.hypot(...a), Math.hypot(...b), Math.hypot(...a.map((x, k) => x - b[k]))];
    const cosine = Math.max(-1, Math.min(1, (a[0] * b[0] + a[1] * b[1] + a[2] * b[2]) / (ra * rb)));
    this.add(channel, this.term.geometry === "cosine" ? cosine : (Math.acos(cosine) * 180) / Math.PI, this.term.weight(ra, rb, rc));
  }

  private add(channel: readonly number[], g: number, w: number): void {
    const { min, max, sigma, n } = this.term.grid;
    const step = (max - min) / (n - 1);
    const bins = this.bins.get(channel.join())!;
    for (let q = 0; q < n; q++) {
      const u = (min + q * step - g) / sigma;
      bins[q] += (w * (normal(u + step / 2 / sigma) - normal(u - step / 2 / sigma))) / step;
    }
  }
}

const sorted = (a: number, b: number): [number, number] => [Math.min(a, b), Math.max(a, b)];
const pointOf = ({ positions }: System, i: number): Vector => [positions[3 * i], positions[3 * i + 1], positions[3 * i + 2]];

/** Sums over a structure. */
export function directTensor(system: System, order: 2 | 3, term: DirectTerm, species: readonly number[]): number[] {
  const pairs = species.flatMap((a, i) => species.slice(i).map((b) => [a, b]));
  const histograms = new Histograms(term, order === 2 ? pairs : species.flatMap((middle) => pairs.map(([a, b]) => [a, middle, b])));
  system.atomicNumbers.forEach((z, i) => {
    const neighbors = around(system, pointOf(system, i), term.range);
    neighbors.forEach((one, p) => {
      if (order === 2) return histograms.pair(sorted(z, one.z), one.d, 0.5);
      for (const other of neighbors.slice(p + 1)) {
        const [a, b] = sorted(one.z, other.z);
        histograms.angle([a, z, b], one.d, other.d);
      }
    });
  });
  return histograms.values;
}

/** Sums around a point; 0 is the species of the center. */
export function directLocal(system: System, point: Vector, order: 2 | 3, term: DirectTerm, species: readonly number[]): number[] {
  const kinds = [0, ...species];
  const pairs = kinds.flatMap((a, i) => kinds.slice(i).map((b) => [a, b]));
  const triplets = [...pairs.map(([a, b]) => [a, 0, b]), ...species.flatMap((middle) => kinds.map((end) => [0, middle, end]))];
  const histograms = new Histograms(term, order === 2 ? kinds.map((z) => [0, z]) : triplets);
  const neighbors = around(system, point, 2 * term.range);
  const minus = (a: Vector, b: Vector): Vector => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
  neighbors.forEach((one, p) => {
    if (order === 2) return histograms.pair([0, one.z], one.d, 1);
    neighbors.forEach((other, q) => {
      if (q > p) {
        const [a, b] = sorted(one.z, other.z);
        histograms.angle([a, 0, b], one.d, other.d);
      }
      if (q !== p) histograms.angle([0, one.z, other.z], minus([0, 0, 0], one.d), minus(other.d, one.d));
    });
  });
  return histograms.values;
}
