import { InvalidParameterError } from "../../errors.js";
import type { PairFunction } from "../../models/pair/pair-function.js";
import { covalentRadius } from "../../structures/covalent-radii.js";
import { symbolOf } from "../../structures/periodic-table.js";
import type { FinnisSinclair } from "../lammps/setfl.js";
import type { EmbeddedAtoms, EmbeddedCenter } from "./embedded-atom.js";

/** Of the sum of covalent radii: atoms come nearer at extreme pressures only. */
const NEAREST_SHARE = 0.7;
/** Places where the sign of a density is looked at. */
const SIGN_POINTS = 2000;

/** The densest surroundings that tables of a center are for. */
export interface Packing {
  /** Å, of neighbors; 0 where the center has no density. */
  readonly nearest: number;
  /** In the unit of the potential. */
  readonly density: number;
}

/**
 * Embedded atoms as tables have them: densities that are nowhere negative, in units that let all centers end at one largest density, that of a close
 * packing.
 * @param nearest Å, distance of neighbors in the closest packing that the tables are for; default: 0.7 times the sum of the covalent radii
 * @throws {InvalidParameterError} for densities with both signs
 */
export function finnisSinclairOf(atoms: EmbeddedAtoms, nearest?: number): FinnisSinclair & { readonly packings: readonly Packing[] } {
  const { species, cutoff, centers } = atoms;
  const signs = centers.map((center, index) => signOf(center, species, index));
  const packings = centers.map(({ densities }, center) =>
    densities
      .map((density, neighbor): Packing => {
        const distance = nearest ?? NEAREST_SHARE * (covalentRadius(species[center]) + covalentRadius(species[neighbor]));
        return { nearest: distance, density: signs[center] * closePacked(density, distance) };
      })
      .reduce((densest, own) => (own.density > densest.density ? own : densest), { nearest: 0, density: 0 }),
  );
  const maxDensity = Math.max(...packings.map(({ density }) => density)) || 1;
  // density of the table = factor · density of the potential
  const factors = packings.map(({ density }, center) => (density === 0 ? 0 : (signs[center] * maxDensity) / density));
  return {
    species,
    cutoff,
    maxDensity,
    packings,
    embedding: centers.map(({ embedding }, center) => (density) => {
      if (factors[center] === 0) return [embedding(0)[0], 0];
      const [value, slope] = embedding(density / factors[center]);
      return [value, slope / factors[center]];
    }),
    density: (center, neighbor) => scaledFunction(centers[center].densities[neighbor], factors[center], cutoff),
    pair: (a, b) => atoms.pair(a, b),
  };
}

/** 1 or −1 */
function signOf({ densities }: EmbeddedCenter, species: readonly number[], center: number): number {
  const out = new Float64Array(2);
  let [least, most] = [0, 0];
  for (const { cutoff, at } of densities) {
    for (let i = 0; i < SIGN_POINTS; i++) {
      at((i * cutoff) / SIGN_POINTS, out);
      least = Math.min(least, out[0]);
      most = Math.max(most, out[0]);
    }
  }
  if (least < 0 && most > 0) throw new InvalidParameterError(`the density of ${symbolOf(species[center])} has both signs, and tables of eam/fs begin at the density 0; write the potential as JSON for the reader in Python`);
  return least < 0 ? -1 : 1;
}

/** Sum over the neighbors of an atom in a face-centered cubic crystal. */
function closePacked({ cutoff, at }: PairFunction, nearest: number): number {
  const out = new Float64Array(2);
  const reach = Math.ceil((cutoff / nearest) * Math.SQRT2);
  let sum = 0;
  for (let a = -reach; a <= reach; a++) {
    for (let b = -reach; b <= reach; b++) {
      for (let c = -reach; c <= reach; c++) {
        const r = nearest * Math.sqrt((a * a + b * b + c * c) / 2);
        if ((a + b + c) % 2 !== 0 || r === 0 || r >= cutoff) continue;
        at(r, out);
        sum += out[0];
      }
    }
  }
  return sum;
}

function scaledFunction(own: PairFunction | undefined, factor: number, cutoff: number): PairFunction {
  return {
    cutoff,
    at(r, out) {
      out.fill(0);
      if (!own || factor === 0) return;
      own.at(r, out);
      out[0] *= factor;
      out[1] *= factor;
    },
  };
}
