import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import { createEnvironmentDescriptor } from "../../src/descriptors/index.js";
import type { KernelParameters } from "../../src/kernels/index.js";
import { SparseGpModel, type SparseGpTerm } from "../../src/models/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { selectSparsePoints, type SparseOptions } from "../../src/select/index.js";
import { Dataset, type Structure, type Targets } from "../../src/structures/index.js";

const real = (random: RandomGenerator, from: number, to: number): number => from + (to - from) * uniformFloat64(random);

/** Atoms of two species (Na, Cl) at least 1.7 Å apart in a skewed cell that is smaller than twice the cutoffs used here. */
export function randomStructure(seed: number, nAtoms = 6, periodic = true): Structure {
  const random = xoroshiro128plus(seed);
  const cell = Float64Array.of(5.2, 0.4, 0, -0.3, 5.6, 0.5, 0.6, 0.2, 6.1);
  const positions: number[][] = [];
  while (positions.length < nAtoms) {
    const [a, b, c] = [real(random, 0, 1), real(random, 0, 1), real(random, 0, 1)];
    const candidate = [0, 1, 2].map((k) => a * cell[k] + b * cell[3 + k] + c * cell[6 + k]);
    if (!positions.some((other) => isClose(candidate, other, cell, periodic))) positions.push(candidate);
  }
  return makeStructure({
    atomicNumbers: Uint8Array.from({ length: nAtoms }, (_, i) => (i === 0 || uniformInt(random, 0, 1) ? 11 : 17)),
    positions: Float64Array.from(positions.flat()),
    cell: periodic ? cell : null,
    pbc: [periodic, periodic, periodic],
    label: `structure ${seed}`,
  });
}

function isClose(a: number[], b: number[], cell: Float64Array, periodic: boolean): boolean {
  const shifts = periodic ? [-1, 0, 1] : [0];
  return shifts.some((i) =>
    shifts.some((j) =>
      shifts.some((k) => Math.hypot(...[0, 1, 2].map((x) => a[x] - b[x] + i * cell[x] + j * cell[3 + x] + k * cell[6 + x])) < 1.7),
    ),
  );
}

/** n × n × n copies of a periodic structure; atom i of the result is a copy of atom i modulo its atoms. */
export function repeated(structure: Structure, n: number): Structure {
  const { atomicNumbers, positions, cell } = structure;
  const shifts = Array.from({ length: n ** 3 }, (_, image) => [image % n, Math.floor(image / n) % n, Math.floor(image / n ** 2)]);
  const shifted = shifts.flatMap((shift) =>
    Array.from(positions, (x, i) => x + shift[0] * cell![i % 3] + shift[1] * cell![3 + (i % 3)] + shift[2] * cell![6 + (i % 3)]),
  );
  return {
    ...structure,
    atomicNumbers: Uint8Array.from(shifts.flatMap(() => Array.from(atomicNumbers))),
    positions: Float64Array.from(shifted),
    cell: cell!.map((x) => n * x),
  };
}

type Atoms = Pick<Structure, "atomicNumbers" | "positions" | "cell" | "pbc" | "label">;

export function makeStructure(atoms: Atoms, targets: Targets = {}, configType = ""): Structure {
  return { ...atoms, targets, configType, info: new Map(), atomInfo: [] };
}

/** A term before its sparse points are chosen. */
export interface TermOptions {
  readonly descriptor: { readonly type: string } & Record<string, unknown>;
  readonly kernel: KernelParameters;
  readonly sparse: SparseOptions;
  readonly centers: readonly ("Na" | "Cl")[] | undefined;
}

/** Terms of a small model: all atoms with a whole ζ, and one species with a real ζ and another cutoff. */
export const termOptions = [
  {
    descriptor: { type: "soap", basis: "equispaced-gaussian", nMax: 3, lMax: 2, sigma: 0.6, cutoff: { radius: 3.6, width: 0.8 } },
    kernel: { type: "dot-product", zeta: 3, delta: 1.2 } satisfies KernelParameters,
    sparse: { method: "random", count: 7 } satisfies SparseOptions,
    centers: undefined,
  },
  {
    descriptor: {
      type: "soap", basis: "gto", nMax: 2, lMax: 2, sigma: 0.5, normalize: true, cutoff: { radius: 2.9, function: "cosine", width: 1 },
    },
    kernel: { type: "dot-product", zeta: 2.5, delta: 0.7 } satisfies KernelParameters,
    sparse: { method: "farthest-point", count: 5 } satisfies SparseOptions,
    centers: ["Na"],
  },
] as const;

/** The same terms with squared-exponential kernels, the first of descriptors that are not normalised. */
export const squaredExponentialTerms = [
  {
    ...termOptions[0],
    descriptor: { ...termOptions[0].descriptor, normalize: false },
    kernel: { type: "squared-exponential", lengthScale: 0.01, delta: 1.2 } satisfies KernelParameters,
  },
  { ...termOptions[1], kernel: { type: "squared-exponential", lengthScale: 0.3, delta: 0.7 } satisfies KernelParameters },
] as const;

const atomicNumbers = { Na: 11, Cl: 17 } as const;

/** A model with sparse points of real environments and random coefficients. */
export async function randomModel(executor: Executor, seed = 1, ofTerms: readonly TermOptions[] = termOptions): Promise<SparseGpModel> {
  const random = xoroshiro128plus(seed);
  const species = [11, 17];
  const dataset = Dataset.from([101, 102, 103, 104].map((s) => randomStructure(s)));
  const terms: SparseGpTerm[] = [];
  for (const options of ofTerms) {
    const descriptor = createEnvironmentDescriptor(options.descriptor, "these tests");
    const centers = options.centers ? options.centers.map((symbol) => atomicNumbers[symbol]) : null;
    const prepared = descriptor.prepare(executor.wasm, executor.pool, species);
    const selection = await selectSparsePoints(
      { descriptor: prepared.tables, species, centers, sparse: options.sparse }, dataset, random, { executor },
    );
    prepared.release();
    terms.push({
      descriptor,
      kernel: options.kernel,
      centers,
      sparsePoints: selection.values,
      coefficients: Float64Array.from({ length: selection.count }, () => real(random, -1, 1)),
    });
  }
  return new SparseGpModel({ species, isolatedAtomEnergies: [-1.5, -2.25], terms });
}
