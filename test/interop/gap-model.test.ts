// gap.xml: what is written is read back, and files that are broken or of other potentials are refused.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEnvironmentDescriptor } from "../../src/descriptors/index.js";
import { readGapModel, writeGapModel } from "../../src/interop/gap/index.js";
import { kernelSchema } from "../../src/kernels/index.js";
import { evaluateStructure, type Model, PairTableModel, SparseGpModel, type SparseGpTerm, SumModel, ZblModel } from "../../src/models/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { expectClose, testExecutor } from "../expect.js";
import { randomSource } from "../linalg/dense.js";
import { randomStructure } from "../models/systems.js";

let executor: Executor;
let folder: string;
beforeAll(async () => {
  executor = await testExecutor();
  folder = mkdtempSync(join(tmpdir(), "pestle-gap-model-"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await executor.close();
});

const species = [11, 17];
const next = randomSource(5);

/** A term with made-up sparse points and coefficients. */
function term(descriptor: object, kernel: object, centers: readonly number[] | null = null): SparseGpTerm {
  const made = createEnvironmentDescriptor(descriptor as { type: string }, "this test");
  const [count, width] = [4, made.featureCount(species)];
  // coordinates of pairs and triplets in Å, and weights
  const scale = (f: number): number => (made.rows === "tuple" ? (f === width - 1 ? 0.5 + 0.4 * next() : 3 + next()) : next() / Math.sqrt(width));
  const sparsePoints = Float64Array.from({ length: count * width }, (_, i) => scale(i % width));
  return { descriptor: made, kernel: kernelSchema.parse(kernel), centers, sparsePoints, coefficients: Float64Array.from({ length: count }, next) };
}

const soap = { type: "soap", basis: "equispaced-gaussian", nMax: 3, lMax: 2, sigma: 0.5, cutoff: { radius: 3.5, width: 0.6 } };
const dot = { type: "dot-product", zeta: 3, delta: 0.7 };
const turbo = { type: "soap-turbo", basis: "poly3gauss", nMax: 3, lMax: 2, cutoff: { radius: 3.6, soft: 3.1 }, sigmaRadial: 0.5, sigmaRadialScaling: 0.05, sigmaAngular: { Na: 0.5, Cl: 0.6 }, sigmaAngularScaling: 0, amplitudeScaling: 1, centralWeight: 1, radialEnhancement: 1 };
const pair = { type: "distance-2b", species: ["Na", "Cl"], cutoff: { radius: 3.6, width: 0.8 } };
const triplet = { type: "angle-3b", center: "Na", species: ["Na", "Cl"], cutoff: { radius: 3.2, width: 0.6 } };

/** Made-up principal components of `soap`. */
const components = (count: number, more: object = {}): object => ({
  type: "principal-components",
  components: count,
  learned: {
    species: ["Na", "Cl"], nRows: 10, explained: 0.9, kernelErrors: { largest: 0.1, rms: 0.1, normalized: 0.2 }, variances: Array.from({ length: count }, () => 1), ...more,
    vectors: Array.from({ length: count }, () => Array.from({ length: 63 }, () => next() / 4)),
  },
});

const terms: Readonly<Record<string, () => SparseGpTerm[]>> = {
  "pairs and triplets": () => [
    term(pair, { type: "squared-exponential", lengthScale: 0.9, delta: 1.3, constant: 0.2 }),
    term({ ...pair, species: ["*", "*"], exponents: [-1, -2], tail: { exponent: 1, range: 0.9 } }, { type: "squared-exponential", lengthScale: [0.9, 0.4], delta: 1.3 }),
    term(triplet, { type: "squared-exponential", lengthScale: [1, 0.7, 1.1], delta: 0.4, constant: 0.3 }),
    term({ ...triplet, center: "Cl", species: ["Cl", "Cl"] }, { type: "piecewise-polynomial", lengthScale: [3, 5, 3], delta: 0.4 }),
  ],
  "pairs of compact support": () => [term(pair, { type: "piecewise-polynomial", lengthScale: 2.5, delta: 1.1, constant: 0.1 })],
  soap: () => [term(soap, dot, [11]), term({ ...soap, normalize: false, centralWeight: 0.4, basis: "quip-gto" }, { ...dot, zeta: 2.5 }, [17])],
  "soap with sigma0, and lists of centers": () => [term({ ...soap, species: ["Cl", "Na"] }, { type: "polynomial", degree: 4, offset: 0.09, delta: 0.6 }), term(soap, dot, [11, 17])],
  "soap of one species that others see": () => [term({ ...soap, species: ["Cl"], otherSpecies: "ignore", centralReference: "all" }, dot, [11])],
  "soap of any species": () => [term({ ...soap, compression: "mu2" }, dot)],
  "soap of fewer products": () => [term({ ...soap, compression: "diagonal-radial" }, dot), term({ ...soap, compression: { mode: "nu", nuR: 1, nuS: 1 } }, dot), term({ ...soap, compression: { mode: "nu", nuR: 2, nuS: 0 } }, dot)],
  "soap with a decay": () => [term({ ...soap, weighting: { function: "pow", c: 1.2, d: 1.2, m: 2, r0: 2.5 } }, dot), term({ ...soap, weighting: { function: "pow", c: 1, d: 0, m: 4, r0: 2 }, basisErrorExponent: 8 }, dot)],
  "soap with kernels of distances": () => [term(soap, { type: "squared-exponential", lengthScale: 0.8, delta: 0.5, constant: 0.1 }, [11]), term(soap, { type: "piecewise-polynomial", lengthScale: 2, delta: 0.5, dimension: 64 }, [17])],
  "soap with fewer columns": () => [
    term({ ...soap, reduction: { type: "columns", columns: [5, 0, 40, 17], species: ["Na", "Cl"] } }, dot, [11]),
    term({ ...soap, reduction: { type: "radial", tolerance: 1e-12 } }, { ...dot, zeta: 2 }, [17]),
    term({ ...soap, reduction: components(5) }, { type: "polynomial", degree: 3, offset: 0.2, delta: 0.4 }, [17]),
  ],
  soap_turbo: () => [term(turbo, dot, [11]), term({ ...turbo, species: ["Cl", "Na"], compression: "trivial" }, dot, [17]), term({ ...turbo, compression: "0_2" }, dot)],
};

async function predictions(model: Model): Promise<number[]> {
  const all = [randomStructure(31, 7), randomStructure(32, 5, false)];
  const numbers: number[] = [];
  for (const structure of all) {
    const { energy, forces, virial, localEnergies } = await evaluateStructure(model, structure, executor, { want: { forces: true, virial: true, localEnergies: true } });
    numbers.push(energy, ...forces!, ...(structure.cell ? virial! : []), ...localEnergies!);
  }
  expect(numbers.every(Number.isFinite)).toBe(true);
  return numbers;
}

const modelOf = (own: readonly SparseGpTerm[]): SparseGpModel => new SparseGpModel({ species, isolatedAtomEnergies: [-1.25, -3.5], terms: own });

/** A pair function with a minimum, and its slopes as its spline has them: a cubic is its own spline. */
function cubicTable(): PairTableModel {
  const distances = Float64Array.from({ length: 15 }, (_, i) => 0.6 + 0.2 * i);
  const table = (z: readonly [number, number], depth: number) => ({
    species: z, distances, energies: distances.map((r) => depth * (3.4 - r) ** 3), forces: distances.map((r) => 3 * depth * (3.4 - r) ** 2),
  });
  return new PairTableModel(species, [table([11, 11], 0.8), table([11, 17], 0.5)]);
}

describe("a gap.xml", () => {
  it.each(Object.entries(terms))("is read as it was written: %s", async (name, make) => {
    const path = join(folder, `${name.replaceAll(/\W/gu, "-")}.xml`);
    const model = modelOf(make());
    const files = await writeGapModel(path, model);
    expect(files.length).toBeGreaterThan(model.terms.length);
    const read = await readGapModel(path, { species });
    expect(read.species).toEqual(species);
    const expected = await predictions(model);
    expect(expected.some((value) => Math.abs(value + 1.25) > 1e-3)).toBe(true);
    expectClose(await predictions(read), expected, 1e-12, "relative-to-max");
  });

  it("has the pair functions that the model stands on", async () => {
    const path = join(folder, "sum.xml");
    const model = new SumModel({ parts: [{ model: cubicTable(), isBaseline: true }, { model: modelOf(terms.soap()) }] });
    await writeGapModel(path, model, { label: "GAP_salt" });
    const text = readFileSync(path, "utf8");
    expect(text).toContain('<Potential label="GAP_salt" init_args="Sum init_args_pot1={IP Glue} init_args_pot2={IP GAP label=GAP_salt}"/>');
    const read = await readGapModel(path);
    expect(read.type).toBe("sum");
    expectClose(await predictions(read), await predictions(model), 1e-12, "relative-to-max");
    // and without them where the sum leaves them out
    expect(Math.abs((await predictions(model))[0] - (await predictions(model.parts[1].model))[0])).toBeGreaterThan(0.1);
  });

  it("knows other elements by their e0 alone, if asked for", async () => {
    const path = join(folder, "other.xml");
    await writeGapModel(path, modelOf([term({ ...soap, species: ["Na"], otherSpecies: "ignore" }, dot, [11])]));
    writeFileSync(path, readFileSync(path, "utf8").replace('<e0 Z="8" value="0"/>', '<e0 Z="8" value="-.405E+01"/>'));
    const read = await readGapModel(path, { species: [8] });
    const atom = { atomicNumbers: Uint8Array.of(8), positions: new Float64Array(3), cell: null, pbc: [false, false, false] as const, label: "O" };
    expectClose([(await evaluateStructure(read, atom, executor, { want: {} })).energy], [-4.05], 1e-15);
    expect((await readGapModel(path)).species).toEqual([11]);
  });

  it("may have numbers of Fortran, its points between the tags, and no checksum", async () => {
    const path = join(folder, "old.xml");
    await writeGapModel(path, modelOf(terms["pairs of compact support"]()));
    const expected = await predictions(await readGapModel(path));
    const points = readFileSync(join(folder, "old.xml.sparseX.GAP_pestle1"), "utf8").trim().split("\n");
    let s = 0;
    const text = readFileSync(path, "utf8")
      .replace(/ sparseX_filename="[^"]*" sparseX_md5sum="[^"]*"/u, "")
      .replace(/(<sparseX [^>]*)\/>/gu, (_, tag: string) => `${tag}>${Number(points[s++]).toExponential(16).replace("e", "D")}</sparseX>`)
      .replace('signal_mean="0.1"', "signal_mean='.1D0'");
    writeFileSync(path, text);
    expectClose(await predictions(await readGapModel(path)), expected, 1e-12, "relative-to-max");
  });
});

describe("a model of fewer columns", () => {
  it.each([
    [soap, { type: "squared-exponential", lengthScale: 1 }, { type: "columns", columns: [0, 3], species: ["Na", "Cl"] }, "QUIP has no soap with fewer columns, and a squared-exponential kernel of them is none of all columns: fit with kernel dot-product or without reduction"],
    [soap, dot, { ...components(2, { offset: [0.1, 0.2] }), centered: true }, "soap: principal components with centered: true have no counterpart among dot products of all columns: fit with centered: false"],
  ])("is no gap.xml where it has no counterpart: %#", async (descriptor, kernel, reduction, message) => {
    await expect(writeGapModel(join(folder, "none.xml"), modelOf([term({ ...descriptor, reduction }, kernel)]))).rejects.toThrow(message);
  });

  it("is none with standardized columns either", async () => {
    const standardization = { method: "center", species: ["Na", "Cl"], shift: Array(63).fill(0.1), scale: Array(63).fill(1) };
    await expect(writeGapModel(join(folder, "none.xml"), modelOf([term({ ...soap, standardization }, dot)]))).rejects.toThrow("QUIP has no soap with standardized columns: fit without standardization");
  });
});

describe("a broken gap.xml", () => {
  const change = (from: string | RegExp, to: string) => (text: string): string => {
    const changed = text.replace(from, to);
    expect(changed).not.toBe(text);
    return changed;
  };
  it.each([
    ["is no XML of GAP", () => "<Glue_params/>", /there is no <GAP_params> in it: it is not a gap\.xml, or cut off/u],
    ["is cut off", (text: string) => text.slice(0, text.indexOf("</gpCoordinates>")), /there is no <GAP_params>/u],
    ["has no coefficients", change('fitted="T"', 'fitted="F"'), /sparse points without coefficients/u],
    ["lacks a point", change(/<sparseX i="2"[^>]*>/u, ""), /3 <sparseX> in place of 4 \(n_sparseX\)/u],
    ["has a word for a number", change(/alpha="[^"]*"/u, 'alpha="*****"'), /alpha of <sparseX> 1 is "\*\*\*\*\*"; it must be a number/u],
    ["has NaN", change(/sparseCutoff="[^"]*"/u, 'sparseCutoff="NaN"'), /sparseCutoff of <sparseX> 1 is "NaN"/u],
    ["has other sparse points", change(/sparseX_md5sum="../u, 'sparseX_md5sum="zz'), /is not the file of sparse points that it was written with/u],
    ["names a file that is not there", change(/sparseX_filename="/u, 'sparseX_filename="no-'), /cannot read .*no-broken\.xml/u],
    ["has another covariance", change('covariance_type="4"', 'covariance_type="3"'), /covariance_type="3" is not there: 1 \(ard_se\), 2/u],
    ["has no length scales", change(/<theta>.*<\/theta>/u, ""), /a covariance of type 4 needs <theta>/u],
    ["has more length scales than coordinates", change("<theta>", "<theta> 1.5"), /<theta> has 2 numbers for 1 dimensions/u],
    ["has another descriptor", change("distance_2b", "rdf"), /rdf is not there: only distance_2b, angle_3b, soap and soap_turbo/u],
    ["has an option that is unknown", change("cutoff=", "cutof="), /distance_2b has no option "cutof".*cutoff/u],
    ["has other dimensions", change(" n_sparse=", " n_exponents=2 n_sparse="), /distance_2b has 1 dimensions in the file, and 2 by its descriptor string/u],
    ["tells molecules apart", change(" n_sparse=", " only_inter=T n_sparse="), /distance_2b only_inter is not there: molecules are not told apart/u],
    ["has permutations", change('n_permutations="1"', 'n_permutations="2"'), /summed over permutations are not there/u],
    ["stands on what it lacks", change('do_core="F"', 'do_core="T"'), /<Glue_params> is missing/u],
    ["stands on another potential", change('init_args="IP', 'init_args="Sum init_args_pot1={IP SW} init_args_pot2={IP'), /it stands on IP SW; only pair functions of IP Glue/u],
    ["lacks an energy", change('<e0 Z="11" value="-1.25"/>', ""), /<GAP_data> has no <e0> for Na/u],
  ])("is refused: it %s", async (_, broken, message) => {
    const path = join(folder, "broken.xml");
    await writeGapModel(path, modelOf(terms["pairs of compact support"]()));
    writeFileSync(path, broken(readFileSync(path, "utf8")));
    await expect(readGapModel(path)).rejects.toThrow(message);
  });

  it.each([
    ["a descriptor", () => modelOf([term({ type: "acsf", cutoff: { radius: 3 }, g2: [[1, 2]] }, dot)]), "QUIP has no descriptor like acsf"],
    ["a kernel", () => modelOf([term(pair, { type: "matern" })]), "QUIP has no matern kernel"],
    ["an offset", () => modelOf([term(turbo, { type: "polynomial" }, [11])]), "QUIP has no polynomial kernel with an offset for soap-turbo"],
    ["a basis", () => modelOf([term({ ...soap, basis: "gto" }, dot)]), "QUIP has no soap of the basis gto"],
    ["a power", () => modelOf([term(soap, { type: "piecewise-polynomial", dimension: 99 }, [11])]), "from 64 dimensions, this one is of 99: fit with dimension: 64"],
    ["a core", () => new SumModel({ parts: [{ model: new ZblModel(species, { type: "zbl", inner: 2, outer: 3 }) }, { model: modelOf(terms.soap()) }] }), "it has no place for a zbl model"],
    ["slopes", () => new SumModel({ parts: [{ model: new PairTableModel(species, cubicTable().pairs.map((table) => ({ ...table, forces: table.forces.map((f, i) => (i === 3 ? f + 0.1 : f)) }))) }, { model: modelOf(terms.soap()) }] }), /forces that are not those of the cubic spline which QUIP makes of it, by up to 0\.\d+ eV\/Å/u],
  ])("is not written where QUIP has no such thing: %s", async (_, make, message) => {
    await expect(writeGapModel(join(folder, "never.xml"), make())).rejects.toThrow(message);
    await expect(writeGapModel(join(folder, "never.xml"), modelOf(terms.soap()), { label: "1 a" })).rejects.toThrow('the label "1 a" is no name for XML');
  });
});
