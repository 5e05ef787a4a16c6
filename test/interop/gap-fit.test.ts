// Fits from converted commands against gap_fit and QUIP.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path/posix";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fitFileSchema } from "../../src/config/fit-config.js";
import { createEnvironmentDescriptor } from "../../src/descriptors/index.js";
import { describeStructures } from "../../src/environments/index.js";
import { fitSparseGp, type SparseGpFit } from "../../src/fit/index.js";
import { findIsolatedAtomEnergies, type IsolatedAtomOption } from "../../src/fit/isolated-atoms.js";
import { importGapCommand } from "../../src/interop/gap/index.js";
import { kernelSchema } from "../../src/kernels/index.js";
import { evaluateStructures } from "../../src/models/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { type DataSection, loadData, readDataset } from "../../src/structures/index.js";
import { expectClose, testExecutor } from "../expect.js";
import { referenceFolder } from "../reference/folder.js";
import { fitOf, type GapFile, type GapRun, rangeFactors, readGap, runOf, sparseFilesOf, trainingFile, whyNot } from "../reference/gap-model.js";
import { predictionsOf } from "../reference/gap-predictions.js";
import { NotThere } from "../reference/not-there.js";

const saltFile = fileURLToPath(new URL("../data/reference/gap/nacl8.xyz", import.meta.url));
let executor: Executor;
let folder: string;
beforeAll(async () => {
  executor = await testExecutor();
  folder = mkdtempSync(join(tmpdir(), "pestle-gap-fit-"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await executor.close();
});

const reference = referenceFolder("gap");
const gaps = reference ? await Promise.all(reference.files.filter((file) => basename(file) === "gap.xml").map((file) => readGap(reference, file))) : [];

interface Repeatable {
  readonly gap: GapFile;
  readonly run: GapRun;
  /** Training data. */
  readonly train: string;
}

/** Models whose fits can be repeated: test/reference compares coefficients and predictions of what `fitOf` makes of them with those of QUIP. */
const repeatable = gaps.flatMap((gap): Repeatable[] => {
  const run = runOf(gap);
  if (run instanceof NotThere || whyNot(gap)) return [];
  const train = trainingFile(reference!, gap, run.data);
  return train === undefined ? [] : [{ gap, run, train }];
});

interface FitSections {
  data: DataSection;
  model: { isolatedAtomEnergies: IsolatedAtomOption; terms: TermSections[] };
  fit: { sigma: object; jitter: number };
}

interface TermSections {
  descriptor: { type: string };
  kernel: { lengthScale?: unknown };
  sparse: object;
  centers?: string[];
  jitter?: number;
}

/** The fit file of the command in a gap.xml, for the training data where they are. */
async function converted({ gap, train }: Repeatable): Promise<FitSections> {
  const text = gap.commandLine.replace(/at_file=\S+/u, `at_file=${reference!.path(train)}`);
  const { config } = await importGapCommand({ name: gap.name, text }, { folder, outputFolder: folder });
  expect(config.data).toMatchObject({ train: expect.stringContaining(basename(train)) });
  return fitFileSchema(config).parse(config) as unknown as FitSections;
}

/** Rows of a descriptor, however its parameters are spelled. */
async function rowsOf(parameters: object, structures: Parameters<typeof describeStructures>[2], species: readonly number[]): Promise<number[]> {
  const descriptor = createEnvironmentDescriptor(parameters as { type: string }, "this test");
  const rows: number[] = [];
  for await (const block of describeStructures(executor, descriptor, structures, { species })) rows.push(...block.values);
  return rows;
}

/** The number of a list that has no other. */
function onlyOne(numbers: unknown): unknown {
  return Array.isArray(numbers) && new Set(numbers).size === 1 ? (numbers as unknown[])[0] : numbers;
}

/** What makes the energy of the rows of a term. Shares of ranges are lengths in a gap.xml; test/reference compares these. */
function comparable({ kernel, centers, jitter }: TermSections, of: { readonly factors?: unknown; readonly jitter?: number }): object {
  const lengthScale = of.factors === undefined ? onlyOne(kernel.lengthScale) : { ofRange: onlyOne(of.factors) };
  return { kernel: kernelSchema.parse({ ...kernel, ...(lengthScale !== undefined && { lengthScale }) }), centers, jitter: jitter ?? of.jitter };
}

/** Sparse points of a term as the page for users of gap_fit says: of sparseX, where rows have weights each with its sparseCutoff; or as gap_fit reads them, behind their cutoffs. */
function sparsePoints(gap: GapFile, t: number, layout: "gap-fit" | undefined): object {
  const coordinate = gap.content.coordinates[t];
  const own = sparseFilesOf(reference!, gap.name)[t];
  if (!layout && !/^(?:distance_2b|angle_3b)\b/u.test(coordinate.descriptor)) return { method: "file", path: reference!.path(own) };
  const numbers = reference!.text(own).trim().split(/\s+/u);
  const width = numbers.length / coordinate.cutoffs.length;
  const path = join(folder, `points-${t}.txt`);
  const points = Array.from(coordinate.cutoffs, (cutoff, s) => {
    const point = numbers.slice(s * width, (s + 1) * width);
    return layout ? [cutoff, ...point] : [...point, cutoff];
  });
  writeFileSync(path, points.map((point) => point.join(layout ? "\n" : " ")).join("\n"));
  return { method: "file", path, ...(layout && { layout }) };
}

describe("a converted command", () => {
  it.each(repeatable.map((entry) => [entry.gap.name, entry] as const))("says the fit of %s", async (_, entry) => {
    const { gap, run, train } = entry;
    const { model, fit } = await converted(entry);
    const data = await reference!.dataset(train, run.keys);
    const expected = fitOf(reference!, gap, run, data, (term) => join(folder, `points-${term}.json`)) as unknown as FitSections;
    const terms = expected.model.terms.map((term, t) => comparable(term, { factors: rangeFactors(gap.content.coordinates[t]) }));
    expect(model.terms.map((term) => comparable(term, { jitter: fit.jitter }))).toEqual(terms);
    for (const [t, { descriptor }] of model.terms.entries()) {
      const [rows, expectedRows] = [descriptor, expected.model.terms[t].descriptor].map((parameters) => rowsOf(parameters, [data.structure(0)], data.species()));
      expectClose(await rows, await expectedRows, 1e-14);
    }
    const energies = [model, expected.model].map(({ isolatedAtomEnergies }) => findIsolatedAtomEnergies(isolatedAtomEnergies, data, data.species()).values);
    expectClose(energies[0], energies[1], 1e-12);
    expect(fit.sigma).toEqual(expected.fit.sigma);
  });

  const layouts = [["as in sparseX files", undefined], ["as gap_fit reads them", "gap-fit"]] as const;
  it.each(repeatable.flatMap((entry) => layouts.map(([how, layout]) => [entry.gap.name, how, entry, layout] as const)))("gives the potential of gap_fit, with its sparse points: %s, %s", async (_, __, entry, layout) => {
    const { data, ...rest } = await converted(entry);
    for (const [t, term] of rest.model.terms.entries()) term.sparse = sparsePoints(entry.gap, t, layout);
    const { train } = await loadData(data, { seed: 1 });
    const { model } = await fitSparseGp(rest as unknown as SparseGpFit, train, executor);
    let nPredicted = 0;
    for (const { structure, energy, forces, virial } of await predictionsOf(reference!, entry.gap)) {
      for await (const { prediction } of evaluateStructures(model, [structure], executor, { want: { forces: true, virial: true } })) {
        const nAtoms = structure.atomicNumbers.length;
        expectClose([prediction.energy / nAtoms], [energy / nAtoms], 1e-6);
        expectClose(prediction.forces!, forces, 1e-5);
        expectClose(prediction.virial!, virial, 1e-4);
        nPredicted++;
      }
    }
    expect(nPredicted).toBeGreaterThan(0);
  });

  it("without species has one density for all of them", async () => {
    const text = "gap_fit at_file=nacl.xyz gap={soap cutoff=4.5 n_max=3 l_max=3 atom_sigma=0.4 delta=1 n_sparse=9 covariance_type=dot_product add_species=F} default_sigma={1 1 1 1}";
    const descriptorFor = async (species: number[]): Promise<object> => {
      const { config } = await importGapCommand({ name: "command", text }, { folder, outputFolder: ".", species });
      return (config.model as { terms: { descriptor: object }[] }).terms[0].descriptor;
    };
    const salt = await readDataset(saltFile);
    const sodium = { ...salt.structure(0), targets: {}, atomicNumbers: new Uint8Array(8).fill(11) };
    const expected = await rowsOf(await descriptorFor([11]), [sodium], [11]);
    expect(expected.length).toBe(8 * 24);
    expectClose(await rowsOf(await descriptorFor([11, 17]), salt, [11, 17]), expected, 1e-12);
  });
});
