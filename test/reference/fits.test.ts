// Values of other programs for kernels and fits: linear models, MaxVol, predictions of kernel ridge regression.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KernelParameters } from "../../src/kernels/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { testExecutor } from "../expect.js";
import { kernelResults } from "../kernels/kernel-results.js";
import { Comparisons } from "./comparisons.js";
import { type ReferenceFolder, referenceFolder } from "./folder.js";
import { compareLinearFit } from "./linear-fit.js";
import { compareMaximumVolume } from "./maximum-volume.js";

/** Clusters of four atoms with a kernel exp(−|D − D′|²/(2σ²)) of the six inverse distances. */
interface KernelRidgeFile {
  readonly sigma: number;
  readonly delta2: number;
  readonly mean: number;
  /** Coefficients: of all energies, then of ∂E/∂r structure by structure, atom by atom. */
  readonly alpha: readonly number[];
  /** Of the first energy, without δ². */
  readonly kernel_row0: readonly number[];
  readonly positions: readonly number[][][];
  readonly test_positions: readonly number[][][];
  readonly test_energies: readonly number[];
}

const folder = referenceFolder("fits");
const comparisons = new Comparisons();
let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(async () => {
  await executor.close();
  comparisons.print("reference/fits");
});

/** What only a fit of kernel ridge regression has. */
const ofKernelFits = ["kernel_row_force0", "log_evidence", "loo_residuals", "test_forces", "test_energy_variance", "scan_energy_only"];

function compareKernelRidge(from: ReferenceFolder, file: string): void {
  const reference = from.json(file) as KernelRidgeFile;
  for (const key of ofKernelFits) comparisons.skip(`${key} of ${file}`, "fits of kernel ridge regression are not there yet");
  const clusters = reference.positions.map(inverseDistances);
  const points = reference.test_positions.map((positions) => inverseDistances(positions).values);
  const rows = clusters.map(({ values }) => values);
  const directions = clusters.flatMap(({ jacobian }) => jacobian);
  const groups = clusters.map(() => 4);
  const kernel = (delta: number): KernelParameters => ({ type: "squared-exponential", lengthScale: reference.sigma, delta });
  const first = kernelResults(executor, kernel(1), { rows, points: [rows[0]], coefficients: [1], directions, groups });
  comparisons.compare("squared-exponential kernel, values and derivatives", file, [...first.values, ...first.directional], reference.kernel_row0, 1e-12);
  const ofTests = kernelResults(executor, kernel(Math.sqrt(reference.delta2)), { rows, points, coefficients: points.map(() => 1), directions, groups });
  const columns = [...ofTests.values, ...ofTests.directional];
  const energies = points.map((_, t) => reference.alpha.reduce((sum, alpha, row) => sum + alpha * columns[row * points.length + t], reference.mean));
  comparisons.compare("kernel ridge regression, energies", file, energies, reference.test_energies, 1e-9);
}

/** 1/r of the pairs 01 02 03 12 13 23 of four atoms, and its derivatives in their coordinates: 12 rows. */
function inverseDistances(positions: readonly number[][]): { values: number[]; jacobian: number[][] } {
  const pairs = [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]] as const;
  const values = pairs.map(([i, j]) => 1 / Math.hypot(...[0, 1, 2].map((k) => positions[i][k] - positions[j][k])));
  const jacobian = [0, 1, 2, 3].flatMap((atom) =>
    [0, 1, 2].map((k) =>
      pairs.map(([i, j], p) => (atom === i || atom === j ? (atom === i ? -1 : 1) * (positions[i][k] - positions[j][k]) * values[p] ** 3 : 0)),
    ),
  );
  return { values, jacobian };
}

describe.skipIf(!folder)("reference values of fits", () => {
  const files = (folder?.files ?? []).filter((file) => file.endsWith(".json"));
  folder?.know(...files);

  it("are all known", () => {
    expect(folder!.unknown).toEqual([]);
  });

  for (const file of files) {
    it(file, () => {
      if (/^krr_/u.test(file)) return compareKernelRidge(folder!, file);
      if (/^linear_/u.test(file)) return compareLinearFit(folder!, file, executor, comparisons);
      if (/^maxvol_/u.test(file)) return compareMaximumVolume(folder!, file, executor, comparisons);
      throw new Error(`the suite does not know ${file}`);
    });
  }

  it("were compared", () => {
    expect(comparisons.total).toBeGreaterThan(0);
  });
});
