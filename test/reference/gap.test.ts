// Values of QUIP, GAP and soap_turbo: descriptors with their derivatives, predictions of fitted models, and the fits themselves.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path/posix";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEnvironmentDescriptor, type SoapParameters } from "../../src/descriptors/index.js";
import { columnStatistics } from "../../src/environments/index.js";
import { fitSparseGp } from "../../src/fit/index.js";
import { kernelSchema, learnKernel } from "../../src/kernels/index.js";
import { evaluateStructures, type Model, type SparseGpModel } from "../../src/models/index.js";
import type { Executor } from "../../src/parallel/index.js";
import type { Dataset } from "../../src/structures/index.js";
import { Calculator } from "../descriptors/calculator.js";
import { fromJacobian } from "../descriptors/differences.js";
import { expectClose, testExecutor } from "../expect.js";
import { Comparisons } from "./comparisons.js";
import { flat, type Nested, type ReferenceFolder, referenceFolder } from "./folder.js";
import { fitOf, type GapFile, gaussianProcessOf, modelOf, rangeFactors, readGap, runOf, sparseFilesOf, trainingFile, whyNot } from "./gap-model.js";
import { type Prediction, type PredictionEntry, predictionFilesOf, predictionsOf } from "./gap-predictions.js";
import { compareDesign, compareKernelMatrix, compareLinearSystem, linearSystemFiles } from "./linear-system.js";
import { expectKnown, NotThere } from "./not-there.js";
import { fromQuip, nameOf, tupleNames, whyNotThere } from "./quip.js";
import { compareTuples, type TupleEntry } from "./tuples.js";

interface DescriptorEntry {
  readonly frame: string;
  /** as in a GAP file */
  readonly params: string;
  readonly dimensions: number;
  /** atom of each vector */
  readonly centers: readonly number[];
  /** the first vectors, or all */
  readonly x: readonly (readonly number[])[];
  readonly gradients?: readonly Readonly<Record<string, Nested>>[];
}

const folder = referenceFolder("gap");
const comparisons = new Comparisons();
const temporary = mkdtempSync(join(tmpdir(), "pestle-gap-"));
let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(async () => {
  rmSync(temporary, { recursive: true });
  await executor.close();
  comparisons.print("reference/gap");
});

const entriesOf = <Entry>(name: string): readonly Entry[] => (folder?.has(name) ? (folder.json(name) as { entries: readonly Entry[] }).entries : []);

/** Files of descriptors with a row for each center; a new name is an error. */
const descriptorFiles: readonly string[] = ["soap.json", "soap_turbo.json"];

/** Files of descriptors with a row for each pair or triplet. */
const tupleFiles = tupleNames.map((name) => `${name}.json`);

/**
 * What S^(−1/2) of the original program allows, which loses a digit with every polynomial more, as the Cholesky factors of POLY and GTO do;
 * QUIP's usual basis has no such limit.
 */
function valueTolerance(entry: DescriptorEntry, parameters: object): number {
  if (nameOf(entry.params) === "soap") {
    const { basis, nMax } = parameters as SoapParameters;
    return 1e-9 * (basis === "equispaced-gaussian" ? 1 : 10 ** Math.max(0, nMax - 6));
  }
  const { nMax } = parameters as { nMax: number | Record<string, number> };
  return 3e-11 * 10 ** Math.max(0, Math.max(...(typeof nMax === "number" ? [nMax] : Object.values(nMax))) - 4);
}

/**
 * soap_turbo's derivatives are not exactly those of its values: it differentiates the Gaussian and then truncates the integrals. Ours
 * are, see the contract suite.
 */
const derivativeTolerance = (entry: DescriptorEntry, values: number): number => Math.max(nameOf(entry.params) === "soap" ? 1e-8 : 5e-6, 10 * values);

async function compareDescriptor(from: ReferenceFolder, where: string, entry: DescriptorEntry): Promise<void> {
  const kind = nameOf(entry.params);
  expectKnown(where, Object.keys(entry), ["frame", "params", "dimensions", "centers", "x", "gradients", "note"]);
  const system = await from.system(entry.frame);
  const species = speciesOf([system]);
  const quip = fromQuip(entry.params, species, (path) => from.path(path));
  const descriptor = createEnvironmentDescriptor(quip.descriptor as { type: string }, "these tests");
  const nFeatures = descriptor.featureCount(species);
  expect(nFeatures + (quip.constantComponent === undefined ? 0 : 1)).toBe(entry.dimensions);
  // in our order, without the component that belongs to the kernel
  const own = (row: readonly number[]): readonly number[] => {
    const ordered = Array<number>(nFeatures);
    for (let column = 0; column < nFeatures; column++) ordered[quip.columns?.[column] ?? column] = row[column];
    return ordered;
  };
  const expected = entry.x.flatMap(own);
  const tolerance = valueTolerance(entry, descriptor.parameters);
  if (quip.constantComponent !== undefined) for (const row of entry.x) expectClose([row[nFeatures]], [quip.constantComponent], 1e-12);
  const calculator = new Calculator(executor, descriptor, species);
  try {
    const isCenter = (atom: number): boolean => !quip.centers || quip.centers.includes(system.atomicNumbers[atom]);
    const isAverage = descriptor.rows === "structure";
    const averaged = system.atomicNumbers.flatMap((_, atom) => (isCenter(atom) ? [atom] : []));
    if (!isAverage) for (const atom of entry.centers) expect(isCenter(atom), `atom ${atom} is no center`).toBe(true);
    const environments = calculator.environments(system, isAverage ? { centers: Int32Array.from(averaged) } : {});
    const computed = calculator.compute(environments, { jacobian: (entry.gradients ?? []).length > 0 });
    const rowOf = (vector: number): number => (isAverage ? vector : entry.centers[vector]);
    const values = entry.x.flatMap((_, i) => [...computed.values.subarray(rowOf(i) * nFeatures, (rowOf(i) + 1) * nFeatures)]);
    comparisons.compare(`${kind}, ${isAverage ? "averages" : "values"}`, where, values, expected, tolerance);
    for (const gradient of entry.gradients ?? []) {
      const { descriptor_index: vector, ...arrays } = gradient;
      const derived = fromJacobian(calculator, system, environments, computed);
      const nRows = computed.offsets.length - 1;
      const row = rowOf(vector as number);
      const slice = (all: Float64Array): Float64Array => all.slice((row * all.length) / nRows, ((row + 1) * all.length) / nRows);
      for (const [name, array] of Object.entries(arrays)) {
        const rows = (array as readonly (readonly (readonly number[])[])[]).map((axes) => axes.map(own));
        if (name.startsWith("dx_dr[atom][xyz][d]")) {
          comparisons.compare(`${kind}, derivatives`, where, slice(derived.positions), flat(rows), derivativeTolerance(entry, tolerance));
        } else if (name.startsWith("sum_pos_l*dx_dr_k")) {
          const transposed = [0, 1, 2].flatMap((k) => [0, 1, 2].map((l) => rows[l][k]));
          comparisons.compare(`${kind}, derivatives by strain`, where, slice(derived.strain), flat(transposed), derivativeTolerance(entry, tolerance));
        } else throw new Error(`${where}: the suite does not know ${name}`);
      }
    }
  } finally {
    calculator.release();
  }
}

/**
 * Deviations that are allowed per atom, eV, eV/Å and eV: how far coefficients of this size carry the last digits of the descriptors, and
 * the digits that the files have.
 */
function allowed({ terms }: SparseGpModel, digits: number): { energy: number; forces: number; virial: number } {
  const sizes = terms.map(({ kernel, coefficients }) => kernel.delta ** 2 * Math.hypot(...coefficients));
  const energy = digits + 1e-12 * Math.max(...sizes);
  return { energy, forces: 30 * energy, virial: 300 * energy };
}

async function comparePredictions(kind: string, where: string, model: Model, expected: readonly Prediction[], tolerance: ReturnType<typeof allowed>): Promise<void> {
  const want = { forces: true, virial: true, localEnergies: true };
  let index = 0;
  for await (const { structure, prediction } of evaluateStructures(model, expected.map(({ structure }) => structure), executor, { want })) {
    const reference = expected[index++];
    const nAtoms = structure.atomicNumbers.length;
    const compare = (name: string, actual: ArrayLike<number>, of: ArrayLike<number>, limit: number): void =>
      comparisons.compare(`${kind}, ${name}`, `${where}, ${structure.label}`, actual, of, limit, "absolute");
    compare("energies per atom", [prediction.energy / nAtoms], [reference.energy / nAtoms], tolerance.energy);
    compare("forces", prediction.forces!, reference.forces, tolerance.forces);
    compare("virials", prediction.virial!, reference.virial, tolerance.virial);
    if (reference.localEnergies) compare("local energies", prediction.localEnergies!, reference.localEnergies, 10 * tolerance.energy);
  }
  expect(index).toBe(expected.length);
}

const speciesOf = (structures: Iterable<{ readonly atomicNumbers: Iterable<number> }>): number[] => [...new Set([...structures].flatMap(({ atomicNumbers }) => [...atomicNumbers]))].sort((a, b) => a - b);

async function compareModel(from: ReferenceFolder, gap: GapFile): Promise<void> {
  const expected = await predictionsOf(from, gap);
  expect(expected.length).toBeGreaterThan(0);
  const model = modelOf(from, gap, speciesOf(expected.map(({ structure }) => structure)));
  await comparePredictions("predictions", gap.name, model, expected, allowed(gaussianProcessOf(model), 1e-8));
}

async function compareFit(from: ReferenceFolder, gap: GapFile, data: Dataset, run: Exclude<ReturnType<typeof runOf>, NotThere>): Promise<void> {
  const expected = await predictionsOf(from, gap);
  const { model, summary } = await fitSparseGp(fitOf(from, gap, run, data, (term) => join(temporary, `${gap.name.replaceAll("/", "-")}-${term}.json`)), data, executor);
  const coefficients = gaussianProcessOf(modelOf(from, gap, data.species())).terms.flatMap((term) => [...term.coefficients]);
  if (run.isAverage) comparisons.compare("fits, mean energies of an atom", gap.name, model.isolatedAtomEnergies, model.species.map((z) => gap.content.isolatedAtomEnergies.get(z)!), 1e-12);
  expect(summary.terms.map(({ nSparse }) => nSparse)).toEqual(gap.content.coordinates.map((coordinate) => coordinate.coefficients.length));
  // smooth kernels of distances make nearly equal columns: their coefficients, unlike predictions, have the digits that the conditioning leaves
  const tolerance = model.terms.some(({ descriptor }) => descriptor.weighsRows) ? 1e-3 : 1e-5;
  comparisons.compare("fits, coefficients", gap.name, model.terms.flatMap((term) => [...term.coefficients]), coefficients, tolerance);
  await compareLengthScales(gap, model, data);
  await comparePredictions("fits, predictions", gap.name, model, expected, { energy: 3e-7, forces: 1e-5, virial: 1e-4 });
}

/** θ that were made of the ranges of coordinates in the data. */
async function compareLengthScales(gap: GapFile, model: SparseGpModel, data: Dataset): Promise<void> {
  for (const [t, coordinate] of gap.content.coordinates.entries()) {
    const factors = rangeFactors(coordinate);
    if (factors === undefined || coordinate.lengthScales.length === 0) continue;
    const { descriptor, centers } = model.terms[t];
    const { minima, maxima } = await columnStatistics(executor, descriptor, data, { species: model.species, centers: centers ? { species: centers } : undefined });
    const nCoordinates = coordinate.lengthScales.length;
    const kernel = kernelSchema.parse({ type: "squared-exponential", lengthScale: { ofRange: factors } });
    const { lengthScale } = learnKernel(kernel, { minima: minima.subarray(0, nCoordinates), maxima: maxima.subarray(0, nCoordinates) }) as { lengthScale: number[] };
    comparisons.compare("fits, length scales", gap.name, lengthScale, coordinate.lengthScales, 1e-8);
  }
}

/** Files of models, read; or why they cannot be. */
const models = await Promise.all(
  (folder?.files ?? []).filter((file) => basename(file) === "gap.xml").map(async (name) => ({ name, gap: await readGap(folder!, name).catch((error: unknown) => error as Error) })),
);

describe.skipIf(!folder)("reference values of QUIP", () => {
  const predicted = entriesOf<PredictionEntry>("predictions.json");

  it("are all known, and all there", () => {
    const files = folder!.files;
    folder!.know("predictions.json", ...descriptorFiles, ...tupleFiles, ...predicted.flatMap(({ model, frame }) => [model, frame]));
    for (const file of [...descriptorFiles, ...tupleFiles]) folder!.know(...entriesOf<DescriptorEntry>(file).map(({ frame }) => frame));
    for (const { name } of models) folder!.know(...sparseFilesOf(folder!, name), ...predictionFilesOf(folder!, name), ...linearSystemFiles(folder!, name));
    folder!.know(...files.filter((file) => /^train_\w+\.xyz$/u.test(basename(file)) && file.startsWith("models/")));
    expect(folder!.unknown).toEqual([]);
    for (const { model, frame } of predicted) expect([folder!.has(model), folder!.has(frame)]).toEqual([true, true]);
  });

  for (const file of descriptorFiles) {
    for (const [index, entry] of entriesOf<DescriptorEntry>(file).entries()) {
      const where = `${file}, entry ${index}`;
      const title = `${where}: ${entry.frame}, ${entry.params}`;
      const reason = whyNotThere(entry.params)?.reason;
      if (reason) comparisons.skip(where, reason);
      it.skipIf(reason)(`${title}${reason ? `: ${reason}` : ""}`, () => compareDescriptor(folder!, where, entry));
    }
  }

  for (const file of tupleFiles) {
    for (const [index, entry] of entriesOf<TupleEntry>(file).entries()) {
      const where = `${file}, entry ${index}`;
      it(`${where}: ${entry.frame}, ${entry.params}`, () => compareTuples(folder!, executor, comparisons, where, entry));
    }
  }

  for (const { name, gap } of models) {
    if (gap instanceof Error) {
      it(`${name} can be read`, () => {
        throw gap;
      });
      continue;
    }
    const reason = whyNot(gap)?.reason;
    const run = runOf(gap);
    const data = run instanceof NotThere ? undefined : trainingFile(folder!, gap, run.data);
    if (reason) comparisons.skip(name, reason);
    it.skipIf(reason)(`predictions of ${name}${reason ? `: ${reason}` : ""}`, () => compareModel(folder!, gap));
    const noFit = reason ?? (run instanceof NotThere ? run.reason : data === undefined ? `no training data ${run.data}` : undefined);
    if (noFit && !reason) comparisons.skip(`fit of ${name}`, noFit);
    it.skipIf(noFit)(`fit of ${name}${noFit ? `: ${noFit}` : ""}`, async () => {
      if (run instanceof NotThere || data === undefined) return;
      await compareFit(folder!, gap, await folder!.dataset(data, run.keys), run);
    });
    if (linearSystemFiles(folder!, name).length > 0) {
      it(`linear system of ${name}`, () => compareLinearSystem(folder!, gap, executor, comparisons));
      it.skipIf(noFit)(`kernels and targets of the linear system of ${name}`, async () => {
        if (run instanceof NotThere || data === undefined) return;
        const training = await folder!.dataset(data, run.keys);
        const model = gaussianProcessOf(modelOf(folder!, gap, training.species()));
        compareKernelMatrix(folder!, gap, model, run.jitter, comparisons);
        await compareDesign(folder!, gap, { model, training, run, executor }, comparisons);
      });
    }
  }

  it("were compared", () => {
    expect(comparisons.total).toBeGreaterThan(0);
  });
});
