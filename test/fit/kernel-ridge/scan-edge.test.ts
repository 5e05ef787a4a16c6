import { expect, it } from "vitest";
import { bestPoint } from "../../../src/fit/kernel-ridge/scan.js";
import { scanEdgeWarnings } from "../../../src/fit/kernel-ridge/scan-edge.js";
import type { KernelRidgeScanPoint } from "../../../src/fit/kernel-ridge/scan-point.js";

type By = Parameters<typeof scanEdgeWarnings>[2];

/** Points of all pairs, with an error of each. */
function warningsOf(ofMedian: readonly number[], lambdas: readonly number[], error: (length: number, lambda: number) => number, by: By = "leave-one-out"): string[] {
  const points = ofMedian.flatMap((length) => lambdas.map((lambda): KernelRidgeScanPoint => {
    const value = error(length, lambda);
    return { lengthScales: [NaN, 10 * length], ofMedian: length, lambda, leaveOneOut: [value], leaveGroupOut: [value], validation: value, logEvidence: -value, scaledLogEvidence: -value };
  }));
  return scanEdgeWarnings(points, bestPoint(points, by), by);
}

it("a scan whose best point is the last of an axis says so, unless the error is flat there", () => {
  const inside = (length: number, lambda: number): number => 1 + Math.log(length) ** 2 + Math.log10(lambda / 1e-6) ** 2;
  expect(warningsOf([0.5, 1, 2], [1e-8, 1e-6, 1e-4], inside)).toEqual([]);
  expect(warningsOf([1, 2, 4], [1e-8, 1e-6, 1e-4], inside)).toEqual([
    "the best lengthScale of the scan is its smallest, 1 × median, and the one beside it is worse: extend regularization.scan.lengthScale beyond it",
  ]);
  for (const by of ["leave-group-out", "validation", "evidence"] as const) {
    expect(warningsOf([0.5, 1, 2], [1e-10, 1e-8], (length, lambda) => 10 * inside(length, lambda), by)).toEqual([
      "the best lambda of the scan is its largest, 1e-8 eV², and the one beside it is worse: extend regularization.scan.lambda beyond it",
    ]);
  }
  // without noise every small λ serves alike
  expect(warningsOf([0.5, 1, 2], [1e-10, 1e-8], (length, lambda) => 1 + Math.log(length) ** 2 + 1e4 * lambda)).toEqual([]);
  expect(warningsOf([1], [1e-8], inside)).toEqual([]);
  // nothing is smaller than 0, and a matrix that is not positive definite has no error
  expect(warningsOf([1], [0, 1e-8], (_, lambda) => 1 + 1e8 * lambda)).toEqual([]);
  expect(warningsOf([1], [1e-10, 1e-8], (_, lambda) => (lambda < 1e-9 ? NaN : 1))).toEqual([]);
});
