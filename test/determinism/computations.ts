import { createHash } from "node:crypto";
import { kernelDistribution, type KernelTerm } from "../../src/analysis/index.js";
import { createDescriptor, descriptorSchema } from "../../src/descriptors/index.js";
import { describeStructures, type Geometry } from "../../src/environments/index.js";
import { fitSparseGp, type SparseGpFit } from "../../src/fit/index.js";
import { encodeModel, evaluateStructures, type SparseGpModel } from "../../src/models/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { Dataset, type Structure } from "../../src/structures/index.js";
import { searchParameters, tuneSchema } from "../../src/tune/index.js";
import { makeStructure, randomModel, randomStructure } from "../models/systems.js";
import { candidate } from "../tune/objectives/systems.js";

const isolatedAtomEnergies = { Na: -1.5, Cl: -2.25 };

/** Structures of 1 to `largest` atoms with made-up targets: rows enough for 9 blocks of 600 rows and every chain. */
function trainingData(count: number, largest: number, withForces: boolean): Dataset {
  const drawn = Array.from({ length: 40 }, (_, i) => randomStructure(900 + i, 1 + (i % largest), i % 3 !== 2));
  return Dataset.from(
    Array.from({ length: count }, (_, i): Structure => {
      const atoms = drawn[i % drawn.length];
      const nAtoms = atoms.atomicNumbers.length;
      const forces = Float64Array.from({ length: 3 * nAtoms }, (_, k) => Math.cos(3 * k + i));
      const virial = Float64Array.from({ length: 9 }, (_, k) => Math.sin(i + (k % 4)));
      const targets = { energy: Math.sin(i) - 2 * nAtoms, ...(withForces && { forces }), ...(withForces && i % 3 !== 2 && { virial }) };
      return makeStructure(atoms, targets, i % 4 === 0 ? "loose" : "");
    }),
  );
}

const withForces = trainingData(260, 12, true);
const energiesOnly = trainingData(4900, 3, false);
const searched = { train: trainingData(24, 7, true), validation: trainingData(9, 6, true) };

const short = { type: "soap", nMax: 2, lMax: 2, sigma: 0.6, cutoff: { radius: 2.9, function: "cosine", width: 1 }, normalize: true } as const;
const long = { type: "soap", basis: "equispaced-gaussian", nMax: 2, lMax: 2, sigma: 0.6, cutoff: { radius: 3.4, width: 0.8 } } as const;
const turbo = { type: "soap-turbo", nMax: 2, lMax: 2, cutoff: { radius: 3.2 }, compression: "trivial" } as const;

/** Fits that differ in descriptors, kernels, selections and targets. */
const fits: Readonly<Record<string, { readonly request: SparseGpFit; readonly data: Dataset }>> = {
  "two terms, all targets": {
    data: withForces,
    request: {
      model: {
        type: "sparse-gp",
        isolatedAtomEnergies,
        terms: [
          { descriptor: long, kernel: { type: "dot-product", zeta: 2.5, delta: 1.2 }, sparse: { method: "cur", count: { Na: 9, Cl: 6 } } },
          { descriptor: short, kernel: { type: "dot-product", zeta: 3 }, sparse: { method: "farthest-point", count: 9 }, centers: ["Na"] },
        ],
      },
      fit: { sigma: { energy: 0.01, forces: 0.1, virial: 0.05, configTypes: { loose: { energy: 0.1, forces: 0.4 } } } },
    },
  },
  "soap_turbo, forces": {
    data: withForces,
    request: {
      model: {
        type: "sparse-gp",
        isolatedAtomEnergies: "least-squares",
        terms: [{ descriptor: turbo, kernel: { type: "dot-product", zeta: 4 }, sparse: { method: "random", count: 20 } }],
      },
      fit: { sigma: { energy: 0.01, forces: 0.1 } },
    },
  },
  "energies only": {
    data: energiesOnly,
    request: {
      model: {
        type: "sparse-gp",
        isolatedAtomEnergies,
        terms: [{ descriptor: short, kernel: { type: "dot-product", zeta: 2 }, sparse: { method: "random", count: 20 } }],
      },
      fit: { sigma: { energy: 0.05, perAtom: false } },
    },
  },
};

const largest = enlarge(randomStructure(77, 12), 5); // in 3 parts

/** In between a few that are too large for one task. */
const predicted: readonly Structure[] = [...Array.from({ length: 40 }, (_, i) => randomStructure(300 + i, 12)), largest, randomStructure(350), largest];

/** A supercell of n × n × n cells. */
function enlarge(structure: Structure, n: number): Structure {
  const cell = structure.cell!;
  const positions: number[] = [];
  const atomicNumbers: number[] = [];
  for (let image = 0; image < n ** 3; image++) {
    const at = [Math.floor(image / (n * n)), Math.floor(image / n) % n, image % n];
    structure.positions.forEach((value, i) => positions.push(value + at.reduce((sum, times, v) => sum + times * cell[3 * v + (i % 3)], 0)));
    atomicNumbers.push(...structure.atomicNumbers);
  }
  return makeStructure({
    ...structure,
    atomicNumbers: Uint8Array.from(atomicNumbers),
    positions: Float64Array.from(positions),
    cell: cell.map((value) => n * value),
  });
}

/** Hashes of results, by name. */
export type Bits = Readonly<Record<string, string>>;

export async function bitsOfFits(executor: Executor): Promise<Bits> {
  const bits: Record<string, string> = {};
  for (const [name, { request, data }] of Object.entries(fits)) {
    const { model, summary } = await fitSparseGp(request, data, executor);
    bits[name] = hash([await encodeModel(model), Float64Array.of(summary.weightedResidual)]);
  }
  return bits;
}

export async function bitsOfFingerprints(executor: Executor): Promise<Bits> {
  const bits: Record<string, string> = {};
  for (const average of ["off", "inner", "outer"] as const) {
    const blocks: Uint8Array[] = [];
    for await (const { values, frames, atoms } of describeStructures(executor, createDescriptor({ ...short, average }), predicted, { species: [11, 17] })) {
      blocks.push(...[values, frames, atoms].map((array) => Uint8Array.from(bytesOf(array))));
    }
    bits[`average ${average}`] = hash(blocks);
  }
  return bits;
}

export async function bitsOfPredictions(executor: Executor, model: SparseGpModel): Promise<Bits> {
  const columns: Record<string, Float64Array[]> = { energy: [], forces: [], virial: [], localEnergies: [] };
  const geometries: readonly Geometry[] = predicted;
  for await (const { structure, prediction } of evaluateStructures(model, geometries, executor, { want: { forces: true, virial: true, localEnergies: true } })) {
    const { energy, forces, virial, localEnergies } = prediction;
    columns.energy.push(Float64Array.of(structure.atomicNumbers.length, energy));
    columns.forces.push(forces!);
    columns.virial.push(virial!);
    columns.localEnergies.push(localEnergies!);
  }
  return Object.fromEntries(Object.entries(columns).map(([name, arrays]) => [name, hash(arrays)]));
}

export async function bitsOfKernels(executor: Executor): Promise<Bits> {
  const term: KernelTerm = { descriptor: descriptorSchema.parse(long), kernel: { type: "dot-product", zeta: 2.5, delta: 1 } };
  const ofBlocks = await kernelDistribution(withForces, term, executor, { references: 50 });
  const ofChunks = await kernelDistribution(withForces, { ...term, centers: ["Na"] }, executor, { references: 50, fraction: 0.9, blockBytes: 1 });
  return { "many blocks at once": JSON.stringify(ofBlocks), "block by block, of a share": JSON.stringify(ofChunks) };
}

const tune = tuneSchema.parse({
  stages: [
    {
      parameters: { "model.terms[0].descriptor.sigma": { from: 0.3, to: 1, scale: "log" } },
      objective: { type: "kernel-distribution", references: 40 },
      optimizer: { type: "sobol", points: 4 },
      budget: { evaluations: 4 },
    },
    {
      parameters: { "model.terms[0].kernel.zeta": { from: 1, to: 6 }, "fit.sigma.energy": { from: 0.001, to: 0.1, scale: "log" } },
      objective: { type: "validation-loss" },
      optimizer: { type: "particle-swarm", particles: 4 },
      evaluation: { halving: { fractions: [0.5, 1], keep: 0.5 } },
      budget: { evaluations: 12 },
    },
  ],
});

export async function bitsOfSearch(executor: Executor): Promise<Bits> {
  const { stages, candidate: best } = await searchParameters(tune, candidate(), searched, executor);
  const bits: Record<string, string> = { best: JSON.stringify(best) };
  for (const { objective, records } of stages) {
    for (const { id, fraction, seconds: _, ...record } of records) bits[`${objective} ${id} at ${fraction}`] = JSON.stringify(record);
  }
  return bits;
}

export const modelForPredictions = (executor: Executor): Promise<SparseGpModel> => randomModel(executor, 5);

function hash(arrays: readonly ArrayBufferView[]): string {
  const sum = createHash("sha256");
  for (const array of arrays) sum.update(bytesOf(array));
  return sum.digest("hex").slice(0, 16);
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
