// Sensitivities, four-body energies and manifolds of methane, by an independent program with complex-step derivatives. Every file of the folder is compared.
import { describe, expect, it } from "vitest";
import { followManifold, fourBodyEnergy, sensitivityOf } from "../../src/analysis/index.js";
import { EnvironmentDescriber, type SingleEnvironment } from "../../src/environments/index.js";
import { methane } from "../analysis/methane.js";
import { expectClose } from "../expect.js";
import { readDefinitions, type ReferenceFingerprint, species } from "./blind-spots/fingerprint-definitions.js";
import { expectKnown } from "./not-there.js";
import { referenceSuite } from "./suite.js";

interface SensitivityRow {
  readonly environment: string;
  readonly fingerprint: string;
  readonly nFeatures: number;
  readonly norm: number;
  readonly rank: number;
  readonly singularValues: readonly number[];
  readonly singularValuesAllAtoms: readonly number[];
  readonly largestOnRotations: number;
}

interface ValueRow {
  readonly environment: string;
  readonly E4: number;
  readonly omEigenvalues?: readonly number[];
  readonly acsf?: readonly number[];
  readonly soapQuip8First12?: readonly number[];
}

interface PathPoint {
  readonly step: number;
  readonly H: readonly (readonly number[])[];
  readonly variation: number;
  readonly displacement: number;
  readonly omDistance: number;
  readonly E4: number;
  readonly sMin: number;
  readonly sNext: number;
  readonly sMax: number;
}

interface ReferencePath {
  readonly fingerprint: string;
  readonly stepLength: number;
  readonly steps: number;
  readonly maxVariation: number;
  readonly maxDisplacement: number;
  readonly maxOmDistance: number;
  readonly E4range: readonly number[];
  readonly points: readonly PathPoint[];
}

const suite = referenceSuite("blind-spots");
const { folder, comparisons } = suite;

type File = Readonly<Record<string, unknown>>;
const files = new Map((folder?.files ?? []).filter((name) => name.endsWith(".json")).map((name) => [name, folder!.json(name) as File]));
const texts = ["what", "accuracy", "units"];
const environmentKey = (file: File): string | undefined => Object.keys(file).find((key) => key.startsWith("environments"));

/** What all files together define: the others refer to those of the sensitivities. */
const environments = new Map<string, SingleEnvironment>();
const fingerprints = new Map<string, ReferenceFingerprint | undefined>();
for (const file of files.values()) {
  const key = environmentKey(file);
  for (const [name, hydrogens] of Object.entries((key && file[key]) ?? {})) environments.set(name, methane(hydrogens as readonly (readonly number[])[], name));
  for (const [name, fingerprint] of readDefinitions((file.fingerprints ?? {}) as Record<string, string>)) fingerprints.set(name, fingerprint);
}

function environmentNamed(name: string): SingleEnvironment {
  const environment = environments.get(name);
  if (!environment) throw new Error(`no file says what the environment ${name} is`);
  return environment;
}

/** The fingerprint of a name, open, or undefined where the program does not have it. */
function opened<Result>(name: string, use: (describer: EnvironmentDescriber, columns: readonly number[]) => Result): Result | undefined {
  if (!fingerprints.has(name)) throw new Error(`no file says what the fingerprint ${name} is`);
  const fingerprint = fingerprints.get(name);
  if (!fingerprint) {
    comparisons.skip(name, "the descriptor is not there yet");
    return undefined;
  }
  const describer = new EnvironmentDescriber(suite.executor, fingerprint.descriptor, species);
  const release = (): void => describer.release();
  const result = use(describer, fingerprint.columns);
  if (result instanceof Promise) void result.then(release, release);
  else release();
  return result;
}

function compareSensitivity({ environment: where, fingerprint, nFeatures, norm, rank, singularValues, singularValuesAllAtoms, largestOnRotations, ...others }: SensitivityRow): void {
  expectKnown(`${where}, ${fingerprint}`, Object.keys(others), []);
  expect(largestOnRotations).toBeLessThan(1e-12);
  opened(fingerprint, (describer, columns) => {
    const environment = environmentNamed(where);
    const place = `${fingerprint} at ${where}`;
    const values = describer.values(environment);
    expect(columns.length, place).toBe(nFeatures);
    comparisons.compare("lengths of fingerprints", place, [Math.hypot(...columns.map((column) => values[column]))], [norm], 1e-10);
    const deviations = new Float64Array(describer.nFeatures);
    for (const column of columns) deviations[column] = 1;
    for (const [moving, expected] of [["neighbors", singularValues], ["all", singularValuesAllAtoms]] as const) {
      const found = sensitivityOf(suite.executor, describer, environment, { moving, deviations });
      comparisons.compare(`singular values, ${moving} moving`, place, found.singularValues.subarray(0, expected.length), expected, 1e-10);
      expect(found.singularValues.length, place).toBeGreaterThanOrEqual(expected.length);
      expect(found.singularValues.subarray(expected.length).every((value) => value <= 1e-10 * expected[0]), place).toBe(true);
      expect(found.singularValues.filter((value) => value > 1e-10 * found.singularValues[0]).length, place).toBe(rank);
      expect(found.onTrivialModes, place).toBeLessThan(1e-12);
    }
  });
}

function compareDistance(name: string, expected: number): void {
  opened(name, (describer, columns) => {
    const [a, b] = ["pairA", "pairB"].map((own) => describer.values(environmentNamed(own)));
    // four digits are given, and zeros are those of rounding
    comparisons.compare("distances of the pair", name, [Math.hypot(...columns.map((column) => a[column] - b[column]))], [expected], Math.max(1e-12, 1e-3 * expected), "absolute");
  });
}

function compareValues({ environment: where, E4, omEigenvalues, acsf, soapQuip8First12, ...others }: ValueRow): void {
  expectKnown(where, Object.keys(others), []);
  const environment = environmentNamed(where);
  comparisons.compare("four-body energies", where, [fourBodyEnergy(environment.displacements)], [E4], 1e-9);
  const lists: readonly (readonly [string, readonly number[] | undefined])[] = [["om-sp", omEigenvalues], ["acsf-30", acsf], ["soap-quip-8-8-0.2", soapQuip8First12]];
  for (const [name, expected] of lists) {
    if (!expected) continue;
    opened(name, (describer, columns) => {
      const values = describer.values(environment);
      comparisons.compare(`components of ${name}`, where, columns.slice(0, expected.length).map((column) => values[column]), expected, 1e-9);
    });
  }
}

async function comparePath({ fingerprint, stepLength, steps, maxVariation, maxDisplacement, maxOmDistance, E4range, points, ...others }: ReferencePath): Promise<void> {
  expectKnown(fingerprint, Object.keys(others), []);
  const [accuracy, place] = [fingerprint.startsWith("acsf") ? 1e-5 : 1e-7, `the path of ${fingerprint}`];
  await opened(fingerprint, async (describer, columns) => {
    expect(columns.length, `${place}: all columns`).toBe(describer.nFeatures - unusedColumns(describer, columns));
    const om = fingerprints.get("om-sp");
    const reference = om && new EnvironmentDescriber(suite.executor, om.descriptor, species);
    const first = environments.get("start")!;
    // the file has nine digits: a definition with more of them begins at the same place
    const start = Math.max(...points[0].H.flat().map((value, k) => Math.abs(value - first.displacements[k]))) < 1e-9 ? first : methane(points[0].H);
    const path = await followManifold(suite.executor, describer, start, { step: stepLength, length: steps * stepLength, closes: false, separation: 0, closest: 0, reference });
    reference?.release();
    expect(path.points.length, place).toBe(steps + 1);
    const plain = path.points.map(({ displacements }) => Math.hypot(...displacements.map((value, k) => value - start.displacements[k])));
    for (const { step, H, variation, displacement, omDistance, E4, sMin, sNext, sMax, ...rest } of points) {
      const where = `${place}, step ${step}`;
      expectKnown(where, Object.keys(rest), []);
      const own = path.points[step];
      const { softest, next, largest } = own.singularValues;
      comparisons.compare("positions along paths", where, own.displacements, H.flat(), 1e-6, "absolute");
      comparisons.compare(`variations along paths, to ${accuracy}`, where, [own.variation], [variation], accuracy, "absolute");
      comparisons.compare("displacements along paths", where, [plain[step]], [displacement], 1e-6, "absolute");
      comparisons.compare("four-body energies along paths", where, [own.energy!], [E4], 1e-5, "absolute");
      comparisons.compare("singular values along paths", where, [softest, next!, largest], [sMin, sNext, sMax], 1e-5, "absolute");
      if (reference) comparisons.compare("overlap distances along paths", where, [own.referenceDistance!], [omDistance], 1e-6, "absolute");
    }
    const found = [path.variation, Math.max(...plain), ...path.energyRange!];
    comparisons.compare("extremes of paths", place, found, [maxVariation, maxDisplacement, ...E4range], 1e-5, "absolute");
    if (reference) comparisons.compare("extremes of overlap distances", place, [path.referenceDistance!], [maxOmDistance], 1e-5, "absolute");
    // what is at most displaced after the best rotation is so before
    expect(path.displacement).toBeLessThanOrEqual(maxDisplacement + 1e-6);
    expectClose(path.points[0].displacements, points[0].H.flat(), 1e-9);
  });
}

/** Columns of a descriptor that the reference leaves out because they are always 0 here. */
function unusedColumns(describer: EnvironmentDescriber, columns: readonly number[]): number {
  const values = describer.values(environmentNamed("start"));
  const left = Array.from(values, (_, column) => column).filter((column) => !columns.includes(column));
  expect(left.every((column) => values[column] === 0)).toBe(true);
  return left.length;
}

describe.skipIf(!folder)("blind spots", () => {
  for (const [name, file] of files) {
    const key = environmentKey(file);
    const pairKey = Object.keys(file).find((own) => own.startsWith("pairDistances"));
    const rows = file.rows as readonly (SensitivityRow | ValueRow)[] | undefined;

    it(`${name} is understood`, () => {
      expectKnown(name, Object.keys(file), [...texts, "rows", "paths", "fingerprints", key ?? "rows", pairKey ?? "rows"]);
      expect((rows?.length ?? 0) + ((file.paths as readonly unknown[] | undefined)?.length ?? 0)).toBeGreaterThan(0);
    });

    for (const row of rows ?? []) {
      if ("singularValues" in row) it(`${name}: ${row.fingerprint} at ${row.environment}`, () => compareSensitivity(row));
      else it(`${name}: values at ${row.environment}`, () => compareValues(row));
    }
    for (const path of (file.paths ?? []) as readonly ReferencePath[]) it(`${name}: path of ${path.fingerprint}`, () => comparePath(path));
    for (const [fingerprint, distance] of Object.entries((pairKey && file[pairKey]) ?? {})) it(`${name}: pair of ${fingerprint}`, () => compareDistance(fingerprint, distance as number));
  }

  it("were compared, and every file is part of one", () => {
    expect(comparisons.total).toBeGreaterThan(0);
    expect(folder!.unknown).toEqual([]);
  });
});
