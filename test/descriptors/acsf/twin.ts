// Symmetry functions as the formulas say, one after the other, for every neighbor and every pair of them.
import type { Acsf } from "../../../src/descriptors/index.js";
import { atomicNumberOf, symbolOf } from "../../../src/structures/index.js";
import type { Environments } from "../calculator.js";

type Parameters = Acsf["parameters"];

interface Neighbor {
  readonly z: number;
  readonly r: number;
  readonly d: readonly number[];
}

/** The cutoff functions of n2p2's manual. */
export function cutoffTwin(name: string, alpha: number, radius: number, r: number): number {
  const inner = alpha * radius;
  if (r >= radius) return 0;
  if (name === "tanh") return Math.tanh(1 - r / radius) ** 3;
  if (name === "tanh-normalized") return Math.tanh(1 - r / radius) ** 3 / Math.tanh(1) ** 3;
  const x = Math.max(0, (r - inner) / (radius - inner));
  switch (name) {
    case "hard": return 1;
    case "cosine": return 0.5 * (Math.cos(Math.PI * x) + 1);
    case "exponential": return Math.exp(1 - 1 / (1 - x * x));
    case "polynomial-1": return (2 * x - 3) * x * x + 1;
    case "polynomial-2": return ((15 - 6 * x) * x - 10) * x ** 3 + 1;
    case "polynomial-3": return (x * (x * (20 * x - 70) + 84) - 35) * x ** 4 + 1;
    case "polynomial-4": return (x * (x * ((315 - 70 * x) * x - 540) + 420) - 126) * x ** 5 + 1;
    default: throw new Error(name);
  }
}

/** Values by the label of the column, of one center. */
export class AcsfTwin {
  constructor(
    private readonly parameters: Parameters,
    private readonly species: readonly number[],
  ) {}

  values({ centerSpecies, offsets, neighborSpecies, displacements }: Environments): Map<string, number>[] {
    return centerSpecies.map((center, c) => {
      const neighbors = Array.from({ length: offsets[c + 1] - offsets[c] }, (_, k): Neighbor => {
        const d = [...displacements.subarray(3 * (offsets[c] + k), 3 * (offsets[c] + k + 1))];
        return { z: this.species[neighborSpecies[offsets[c] + k]], r: Math.hypot(...d), d };
      });
      return this.parameters.symmetryFunctions ? this.ofCenter(this.species[center], neighbors) : this.ofLists(neighbors);
    });
  }

  private ofLists(neighbors: readonly Neighbor[]): Map<string, number> {
    const { g1, g2, g3, g4, g5, weightedRadial, weightedAngular, cutoff: { radius } } = this.parameters;
    const out = new Map<string, number>();
    for (const a of this.species) {
      const own = neighbors.filter(({ z }) => z === a);
      const symbol = symbolOf(a);
      if (g1) out.set(`G1 ${symbol}`, this.radial(own, radius, () => 1));
      for (const { eta, shift } of g2) out.set(`G2 ${symbol} eta=${eta}${shifted(shift)}`, this.gaussians(own, radius, eta, shift));
      for (const { kappa } of g3) out.set(`G3 ${symbol} kappa=${kappa}`, this.radial(own, radius, ({ r }) => Math.cos(kappa * r)));
      for (const b of this.species.filter((z) => z >= a)) {
        const pair = `${symbol}-${symbolOf(b)}`;
        for (const f of g4) out.set(`G4 ${pair} ${angularLabel(f)}`, this.angular(neighbors, radius, f, true, ofPair(a, b)));
        for (const f of g5) out.set(`G5 ${pair} ${angularLabel(f)}`, this.angular(neighbors, radius, f, false, ofPair(a, b)));
      }
    }
    for (const { eta, shift } of weightedRadial) {
      out.set(`weighted-radial eta=${eta}${shifted(shift)}`, this.gaussians(neighbors, radius, eta, shift, ({ z }) => z));
    }
    for (const f of weightedAngular) out.set(`weighted-angular ${angularLabel(f)}`, this.angular(neighbors, radius, f, true, (j, k) => j.z * k.z));
    return out;
  }

  private ofCenter(center: number | undefined, neighbors: readonly Neighbor[]): Map<string, number> {
    const out = new Map<string, number>();
    for (const { center: symbol, type, neighbors: symbols = [], eta, shift, zeta = 0, lambda = 0, radius } of this.parameters.symmetryFunctions!) {
      const [a, b] = symbols.map(atomicNumberOf);
      const end = radius === this.parameters.cutoff.radius ? "" : ` radius=${radius}`;
      const f = { eta, shift, zeta, lambda };
      const label = { 2: `G2 ${symbols[0]} eta=${eta}${shifted(shift)}`, 12: `weighted-radial eta=${eta}${shifted(shift)}`,
        3: `G4 ${symbols.join("-")} ${angularLabel(f)}`, 9: `G5 ${symbols.join("-")} ${angularLabel(f)}`, 13: `weighted-angular ${angularLabel(f)}` }[type] + end;
      const compute = { 2: () => this.gaussians(neighbors, radius, eta, shift, ({ z }) => Number(z === a)),
        12: () => this.gaussians(neighbors, radius, eta, shift, ({ z }) => z),
        3: () => this.angular(neighbors, radius, f, true, ofPair(a, b)), 9: () => this.angular(neighbors, radius, f, false, ofPair(a, b)),
        13: () => this.angular(neighbors, radius, f, true, (j, k) => j.z * k.z) }[type];
      if (center !== undefined && atomicNumberOf(symbol) === center) out.set(label, compute());
      else if (!out.has(label)) out.set(label, 0);
    }
    return out;
  }

  private f(r: number, radius: number): number {
    return cutoffTwin(this.parameters.cutoff.function, this.parameters.cutoff.innerFraction, radius, r);
  }

  private radial(neighbors: readonly Neighbor[], radius: number, value: (neighbor: Neighbor) => number): number {
    return neighbors.reduce((sum, neighbor) => sum + value(neighbor) * this.f(neighbor.r, radius), 0);
  }

  private gaussians(neighbors: readonly Neighbor[], radius: number, eta: number, shift: number, weight = (_: Neighbor): number => 1): number {
    return this.radial(neighbors, radius, (neighbor) => weight(neighbor) * Math.exp(-eta * (neighbor.r - shift) ** 2));
  }

  private angular(
    neighbors: readonly Neighbor[], radius: number, { eta, zeta, lambda, shift }: Angular, isNarrow: boolean, weight: (j: Neighbor, k: Neighbor) => number,
  ): number {
    let sum = 0;
    neighbors.forEach((j, i) => {
      for (const k of neighbors.slice(i + 1)) {
        const w = weight(j, k);
        if (w === 0) continue;
        const cosine = j.r * k.r === 0 ? 0 : j.d.reduce((s, x, axis) => s + x * k.d[axis], 0) / (j.r * k.r);
        const between = Math.hypot(...j.d.map((x, axis) => x - k.d[axis]));
        const exponent = (j.r - shift) ** 2 + (k.r - shift) ** 2 + (isNarrow ? (between - shift) ** 2 : 0);
        const cutoff = this.f(j.r, radius) * this.f(k.r, radius) * (isNarrow ? this.f(between, radius) : 1);
        sum += w * Math.max(0, 1 + lambda * cosine) ** zeta * Math.exp(-eta * exponent) * cutoff;
      }
    });
    return 2 ** (1 - zeta) * sum;
  }
}

interface Angular {
  readonly eta: number;
  readonly zeta: number;
  readonly lambda: number;
  readonly shift: number;
}

const shifted = (shift: number): string => (shift === 0 ? "" : ` shift=${shift}`);
const angularLabel = ({ eta, zeta, lambda, shift }: Angular): string => `eta=${eta} zeta=${zeta} lambda=${lambda}${shifted(shift)}`;
const ofPair = (a: number, b: number) => (j: Neighbor, k: Neighbor): number => Number((j.z === a && k.z === b) || (j.z === b && k.z === a));
