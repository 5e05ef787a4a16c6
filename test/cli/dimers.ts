import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Entry, readJournal } from "../../src/tune/journal/index.js";

/** A dimer of carbon on a Morse curve (eV, Å): data that a potential learns within milliseconds. */
function dimer(distance: number): string {
  const [depth, equilibrium, width] = [6.32, 1.2425, 2.08];
  const decay = Math.exp(-width * (distance - equilibrium));
  const energy = depth * ((1 - decay) ** 2 - 1);
  const force = -2 * depth * width * decay * (1 - decay);
  const comment = `Lattice="15 0 0 0 15 0 0 0 15" Properties=species:S:1:pos:R:3:forces:R:3 energy=${energy} charge=0 pbc="F F F"`;
  return `2\n${comment}\nC 0 0 0 ${-force} 0 0\nC ${distance} 0 0 ${force} 0 0\n`;
}

/** Distances from 0.9 Å on, every second one each. */
export function dimers(first: 0 | 1): string {
  return Array.from({ length: 12 }, (_, index) => dimer(0.9 + 0.1 * (2 * index + first))).join("");
}

export const tuneFile = `data: { train: train.xyz, validation: validation.xyz }
model:
  type: sparse-gp
  isolatedAtomEnergies: { C: 0 }
  terms:
    - descriptor: { type: soap, basis: equispaced-gaussian, nMax: 3, lMax: 2, sigma: 0.5, cutoff: { radius: 4 } } # of the search
      kernel: { type: dot-product, zeta: 2 }
      sparse: { method: random, count: 8 }
fit: { sigma: { energy: 0.001, forces: 0.05 } }
seed: 3
tune:
  parameters:
    model.terms[0].descriptor.sigma: { from: 0.2, to: 1, scale: log }
    model.terms[0].kernel.zeta: { from: 1, to: 6 }
  optimizer: { type: particle-swarm, particles: 6 }
  budget: { evaluations: 20 }
`;

/** Writes the data and a tune file into a folder; returns the path of the file. */
export function writeSearch(folder: string, text: string = tuneFile): string {
  writeFileSync(join(folder, "train.xyz"), dimers(0));
  writeFileSync(join(folder, "validation.xyz"), dimers(1));
  const path = join(folder, "tune.yaml");
  writeFileSync(path, text);
  return path;
}

/** Evaluations of a journal in the order of asking, without what clocks say. */
export function timelessEntries(path: string): Entry[] {
  const place = ({ stage, id, rung }: Entry): number => Number(stage) * 1e6 + Number(id) * 10 + Number(rung);
  return readJournal(path)
    .entries.map(({ seconds: _seconds, elapsed: _elapsed, ...entry }) => entry as Entry)
    .sort((a, b) => place(a) - place(b));
}
