// Fisher spectra of composed potentials in high precision against stored ones, to every printed digit. Set PESTLE_REFERENCE to compare with all of them.
import { describe, expect, it } from "vitest";
import { DoubleInformation } from "../../src/analysis/fisher/double-information.js";
import { HighPrecision } from "../../src/analysis/fisher/high-precision.js";
import { fisherData } from "../../src/analysis/fisher/fisher-data.js";
import { parameterSets, setOf } from "../../src/analysis/fisher/parameter-sets.js";
import { preciseRows } from "../../src/analysis/fisher/precise/information-task.js";
import { logKappa } from "../../src/analysis/fisher/precision.js";
import { spectrumRecord } from "../../src/analysis/fisher/spectrum-record.js";
import { PreciseArithmetic } from "../../src/math/precise/arithmetic.js";
import { ComposedModel } from "../../src/models/composed/model.js";
import { countParameters, isLinearKind, layoutParameters } from "../../src/models/composed/parameters.js";
import type { Geometry } from "../../src/environments/index.js";
import type { Parametric } from "../../src/models/index.js";
import { withScratch } from "../../src/wasm/scratch.js";
import type { ComposedPotential } from "../../src/analysis/fisher/precise/composed-rows.js";
import { framesOf, potentialOf, storedColumns, type StoredSpectra } from "./composable-fisher.js";
import { expectKnown } from "./not-there.js";
import { referenceSuite } from "./suite.js";

const suite = referenceSuite("composable");
const { folder, comparisons } = suite;

const files = (folder?.files ?? []).flatMap((name) => (name.endsWith(".json") ? [{ name, content: folder!.json(name) as StoredSpectra }] : [])).filter(({ content }) => "frames" in content);

const KEYS = ["source", "frames", "cutoff", "rows", "bits", "models"];
const MODEL_KEYS = [
  "name", "parameters", "model", "columns", "rows", "eigenvalues", "gaugeModes", "log10Kappa", "largestGaugeEigenvalue", "inSignificantRegion", "energyRow0",
  "log10KappaFromSvdOfDoubleJ", "trace",
];

/** 1 for the total energy and each component of a force. */
const UNIT = { energy: 1, forces: 1, perAtom: false, configTypes: {} };

/** The linear parameters alone. */
function parametricOf({ form, values, species }: ComposedPotential): Parametric {
  const all = layoutParameters(form, species.length).parameters.map(({ name, kind }, p) => ({ name, value: values[p], isLinear: isLinearKind(kind) }));
  const gaugeModes = (): Float64Array[] => new ComposedModel({ form, values, species }).parametric.gaugeModes!().map((direction) => direction.filter((_, p) => all[p].isLinear));
  return { parameters: all.filter(({ isLinear }) => isLinear), gaugeModes };
}

describe.skipIf(!folder).each(files)("Fisher spectra of $name", ({ name, content }) => {
  it.each(content.models.map((model) => [model.name, model] as const))("%s", async (_, stored) => {
    expectKnown(name, Object.keys(content), KEYS);
    expectKnown(`${name} ${stored.name}`, Object.keys(stored), MODEL_KEYS);
    const frames = await framesOf(content, name);
    const species = [...new Set(frames.atomicNumbers)].sort((a, b) => a - b);
    const potential = potentialOf(content, stored, species);
    const data = fisherData(frames, UNIT, species);
    expect(data.nRows).toBe(stored.rows);
    const columns = storedColumns(potential);
    await compareEnergyRow(potential, frames.structure(0), columns, stored.energyRow0, `${name} ${stored.name}`);
    const high = await HighPrecision.of(potential, data.structures, content.bits, { executor: suite.executor, linearOnly: true });
    const [linear] = parameterSets(parametricOf(potential), high.source.diagonal());
    const system = await high.source.eigenSystem(setOf(linear), false);
    high.close();
    const record = spectrumRecord(system, linear.parameters.map(String));
    const what = `${name} ${stored.name}`;
    expect(record.gaugeModes + record.nullModes.length, "gauge modes").toBe(stored.gaugeModes);
    if (stored.gaugeModes > 0) expect(record.gaugeResidual!).toBeLessThan(1e-70);
    expect(Math.min(...record.digits), "certain digits").toBeGreaterThanOrEqual(25);
    // all digits of both, but for the last one, which is rounded
    expect(record.eigenvalues.length).toBe(stored.eigenvalues.length);
    comparisons.compare("log10 of eigenvalues", what, record.eigenvalues.map(logarithm), stored.eigenvalues.map(logarithm), 1e-13, "absolute");
    record.eigenvalues.forEach((value, k) => expect(digitsApart(value, stored.eigenvalues[k]), `eigenvalue ${k}: ${value} against ${stored.eigenvalues[k]}`).toBeLessThanOrEqual(1n));
    comparisons.compare("log10Kappa", what, [record.log10Kappa!], [Number(stored.log10Kappa)], 1e-13, "absolute");
    expect(record.significant.count).toBe(stored.inSignificantRegion);
    const j = await doubleRows(potential, data.structures.map((targets) => targets().geometry));
    const inDouble = await new DoubleInformation(suite.executor, j, linear.parameters.length).eigenSystem(setOf(linear), false);
    // beyond it depends on the library
    if (Number(stored.log10Kappa) < 31) comparisons.compare("log10KappaFromSvdOfDoubleJ", what, [logKappa(inDouble)], [stored.log10KappaFromSvdOfDoubleJ], 0.1, "absolute");
    comparisons.compare("trace", what, [record.eigenvalues.reduce((sum, value) => sum + Number(value), 0)], [Number(stored.trace)], 1e-14);
  });
});

async function compareEnergyRow(potential: ComposedPotential, structure: Geometry, columns: readonly number[], expected: readonly number[], what: string): Promise<void> {
  const numbers = await PreciseArithmetic.open(128);
  const { wasm, pool } = suite.executor;
  const row = withScratch(pool, (scratch) => numbers.numbers(preciseRows({ wasm, scratch }, numbers, potential, structure, { forces: false, virial: false }), potential.values.length));
  numbers.close();
  comparisons.compare("energyRow0", what, columns.map((p) => row[p]), expected, 1e-14);
}

/** J by the linear parameters, rounded to doubles. */
async function doubleRows(potential: ComposedPotential, structures: readonly Geometry[]): Promise<Float64Array> {
  const numbers = await PreciseArithmetic.open(128);
  const { wasm, pool } = suite.executor;
  const n = countParameters(layoutParameters(potential.form, potential.species.length)).linear;
  const rows = structures.flatMap((structure) => {
    const mark = numbers.mark();
    const request = { forces: true, virial: false, linearOnly: true };
    const own = withScratch(pool, (scratch) => numbers.numbers(preciseRows({ wasm, scratch }, numbers, potential, structure, request), (1 + structure.positions.length) * n));
    numbers.reset(mark);
    return [...own];
  });
  numbers.close();
  return Float64Array.from(rows);
}

const logarithm = (text: string): number => Math.log10(Number(text));

/** The difference of the significant digits that both have, in units of the last one. */
function digitsApart(a: string, b: string): bigint {
  const [[mantissaA, exponentA], [mantissaB, exponentB]] = [a, b].map((text) => [text.split("e")[0].replace(".", ""), Number(text.split("e")[1] ?? 0)] as const);
  if (exponentA !== exponentB) return 10n ** 30n;
  const length = Math.min(mantissaA.length, mantissaB.length);
  const difference = BigInt(mantissaA.slice(0, length)) - BigInt(mantissaB.slice(0, length));
  return difference < 0n ? -difference : difference;
}

it.skipIf(!folder)("every linear parameter is a column", () => {
  for (const { content } of files) {
    for (const stored of content.models) {
      const potential = potentialOf(content, stored, [41]);
      const linear = layoutParameters(potential.form, 1).parameters.flatMap(({ kind }, p) => (isLinearKind(kind) ? [p] : []));
      expect(storedColumns(potential).sort((x, y) => x - y)).toEqual(linear);
    }
  }
});
