import { measureOf } from "./scan.js";
import type { ScanOptions } from "./schema.js";
import type { KernelRidgeScanPoint } from "./scan-point.js";

/** A measure that falls by less than this towards the end of an axis is flat there: nothing is to be gained beyond. */
const FLAT = 0.01;

interface Axis {
  /** As in the fit file. */
  readonly option: "lengthScale" | "lambda";
  of(point: KernelRidgeScanPoint): number;
}

/**
 * Says where the best point of a scan is the last of an axis towards which the measure still falls, so that a better one may lie beyond.
 * Along each axis the other values stay those of the best point.
 */
export function scanEdgeWarnings(points: readonly KernelRidgeScanPoint[], best: KernelRidgeScanPoint, by: ScanOptions["by"]): string[] {
  const lengths: Axis = { option: "lengthScale", of: (point) => point.ofMedian ?? point.lengthScales.find((length) => !Number.isNaN(length)) ?? NaN };
  const lambdas: Axis = { option: "lambda", of: ({ lambda }) => lambda };
  return [
    ...edgeWarning(points.filter(({ lambda }) => lambda === best.lambda), best, by, lengths),
    ...edgeWarning(points.filter(({ lengthScales }) => lengthScales.every((length, t) => Object.is(length, best.lengthScales[t]))), best, by, lambdas),
  ];
}

function edgeWarning(line: readonly KernelRidgeScanPoint[], best: KernelRidgeScanPoint, by: ScanOptions["by"], { option, of }: Axis): string[] {
  const sorted = [...line].filter((point) => !Number.isNaN(of(point))).sort((a, b) => of(a) - of(b));
  const place = sorted.indexOf(best);
  if (sorted.length < 2 || (place > 0 && place < sorted.length - 1)) return [];
  const neighbor = sorted[place === 0 ? 1 : place - 1];
  const [own, other] = [best, neighbor].map((point) => measureOf(point, by));
  // evidences are logarithms: one unit is a factor e
  const gain = by === "evidence" ? other - own > 1 : other > (1 + FLAT) * own;
  if (!gain || of(best) === 0) return [];
  const value = `${Number(of(best).toPrecision(3))}${option === "lambda" ? (best.leftOutOverSigma === undefined ? " eV²" : " σ²") : best.ofMedian === undefined ? "" : " × median"}`;
  return [`the best ${option} of the scan is its ${place === 0 ? "smallest" : "largest"}, ${value}, and the one beside it is worse: extend regularization.scan.${option} beyond it`];
}
