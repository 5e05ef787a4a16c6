import { symbolOf } from "../../structures/periodic-table.js";
import { describeDescriptor } from "../design/terms.js";
import type { IsolatedAtomEnergies } from "../isolated-atoms.js";
import type { TargetCounts } from "../targets.js";
import type { FitPlot, FitStage, FitSummary, FitTable, TableCell } from "../fit-summary.js";
import { scanEdgeWarnings } from "./scan-edge.js";
import type { KernelRidgeScanPoint } from "./scan-point.js";
import type { KernelTermOptions, ScanOptions } from "./schema.js";

/** Errors of structures in a fit to all others, of one target in its unit. */
export interface KernelRidgeLeftOut {
  /** "energy", or the name of a property. */
  readonly target: string;
  /** "1": none */
  readonly unit: string;
  /** Root mean square error. */
  readonly rmse: number;
  /** Mean absolute error. */
  readonly mae: number;
}

/** What a fit of kernel ridge regression did. */
export interface KernelRidgeFitSummary extends FitSummary {
  /** Structures that lack a target: they were not fitted to. */
  readonly leftOut: number;
  /** eV², added to the diagonal; undefined where σ were given */
  readonly lambda?: number | undefined;
  /** Factor of the variances σ² that a scan has chosen; absent: there was none. */
  readonly noiseScale?: number | undefined;
  /** Of each term, in units of its features; NaN (null in JSON) for kernels without one. */
  readonly lengthScales: readonly number[];
  /** ln p(energies, forces) with K as it is; undefined with landmarks */
  readonly logEvidence?: number | undefined;
  /** Errors of structures that are left out one at a time, with the same λ; none with landmarks. */
  readonly leaveOneOut: readonly KernelRidgeLeftOut[];
  /** All pairs that were tried, in their order. */
  readonly scan?: readonly KernelRidgeScanPoint[] | undefined;
}

/** What is known once a fit is done. */
export interface FinishedKernelFit {
  readonly structures: number;
  readonly atoms: number;
  readonly leftOut: number;
  readonly species: readonly number[];
  readonly isolated: IsolatedAtomEnergies | undefined;
  readonly targets: TargetCounts;
  readonly terms: readonly { readonly options: KernelTermOptions; readonly nFeatures: number; readonly nRows: number; readonly lengthScale: number }[];
  readonly lambda: number | undefined;
  readonly noiseScale?: number | undefined;
  readonly logEvidence: number | undefined;
  readonly leaveOneOut: readonly KernelRidgeLeftOut[];
  readonly scan: { readonly options: ScanOptions; readonly points: readonly KernelRidgeScanPoint[]; readonly best: KernelRidgeScanPoint } | undefined;
  /** Rows of the kernel matrix. */
  readonly size: number;
  readonly stages: readonly FitStage[];
  readonly warnings: readonly string[];
  readonly peakWasmBytes: number;
}

export function summarizeKernelFit(fit: FinishedKernelFit): KernelRidgeFitSummary {
  const { isolated, species, terms, scan, leaveOneOut, leftOut, lambda, noiseScale, logEvidence } = fit;
  return {
    structures: fit.structures,
    atoms: fit.atoms,
    targets: fit.targets,
    extent: `${fit.size} kernels of structures`,
    sizes: [
      { name: "nFeatures", count: terms.reduce((sum, { nFeatures }) => sum + nFeatures, 0) },
      { name: "nKernels", count: fit.size },
    ],
    stages: fit.stages,
    tables: [termTable(fit), ...(leaveOneOut.length > 0 ? [leftOutTable(leaveOneOut)] : []), ...(scan ? [scanTable(scan)] : [])],
    ...(scan && { plots: scanPlots(scan) }),
    ...(isolated && {
      isolatedAtomEnergies: Object.fromEntries(species.map((atomicNumber, i) => [symbolOf(atomicNumber), isolated.values[i]])),
      isolatedAtomSource: isolated.source,
    }),
    warnings: [...(leftOut > 0 ? [`${leftOut} of ${leftOut + fit.structures} structures lack a target and were left out of the fit`] : []), ...(scan ? scanEdgeWarnings(scan.points, scan.best, scan.options.by) : []), ...fit.warnings],
    peakWasmBytes: fit.peakWasmBytes,
    leftOut,
    lambda,
    ...(noiseScale !== undefined && { noiseScale }),
    lengthScales: terms.map(({ lengthScale }) => lengthScale),
    logEvidence,
    leaveOneOut,
    ...(scan && { scan: scan.points }),
  };
}

function termTable({ terms, lambda, noiseScale }: FinishedKernelFit): FitTable {
  const ofSigma = noiseScale === undefined ? "σ²" : `${noiseScale.toPrecision(3)} σ²`;
  return {
    title: "Kernels",
    columns: ["descriptor", "kernel", "length scale", "rows", "features", "λ"],
    rows: terms.map(({ options, nFeatures, nRows, lengthScale }): TableCell[] => [
      describeDescriptor(options.descriptor),
      options.kernel.type,
      Number.isNaN(lengthScale) ? "–" : lengthScale.toPrecision(4),
      nRows,
      nFeatures,
      lambda === undefined ? ofSigma : lambdaText(lambda),
    ]),
  };
}

/** "1.00e-8", "0.0100" */
function lambdaText(lambda: number): string {
  return lambda > 0 && lambda < 1e-3 ? lambda.toExponential(2) : lambda.toPrecision(3);
}

function leftOutTable(errors: readonly KernelRidgeLeftOut[]): FitTable {
  return {
    title: "Structures left out, one at a time",
    columns: ["target", "RMSE", "MAE", "unit"],
    rows: errors.map(({ target, unit, rmse, mae }) => [target, rmse.toPrecision(4), mae.toPrecision(4), unit === "1" ? "" : unit]),
  };
}

type Scan = NonNullable<FinishedKernelFit["scan"]>;

function scanTable({ options, points, best }: Scan): FitTable {
  const isMedian = points.some(({ ofMedian }) => ofMedian !== undefined);
  const cell = (value: number | undefined): string => (value === undefined || Number.isNaN(value) ? "–" : value.toPrecision(4));
  const groups = points.some(({ leaveGroupOut }) => leaveGroupOut);
  const validation = points.some((point) => point.validation !== undefined);
  const forces = points.some(({ leftOutOverSigma }) => leftOutOverSigma !== undefined);
  return {
    title: `Scan by ${options.by}`,
    columns: [
      "", ...(isMedian ? ["of median"] : []), "length scale", forces ? "λ / σ²" : "λ", "left out / eV", ...(forces ? ["left out / (eV/Å)"] : []),
      ...(groups ? ["group left out / eV", ...(forces ? ["group left out / (eV/Å)"] : [])] : []), ...(forces ? ["left out / σ"] : []), ...(validation ? ["validation / eV"] : []), "log evidence",
    ],
    rows: points.map((point) => [
      point === best ? "chosen" : "",
      ...(isMedian ? [cell(point.ofMedian)] : []),
      point.lengthScales.map(cell).join(", "),
      lambdaText(point.lambda),
      cell(point.leaveOneOut[0]),
      ...(forces ? [cell(point.leaveOneOut[1])] : []),
      ...(groups ? [cell(point.leaveGroupOut?.[0]), ...(forces ? [cell(point.leaveGroupOut?.[1])] : [])] : []),
      ...(forces ? [cell(point.leftOutOverSigma)] : []),
      ...(validation ? [cell(point.validation)] : []),
      cell(point.scaledLogEvidence),
    ]),
  };
}

/** Errors against λ, a line for each length scale; only what has a place on logarithmic axes. */
function scanPlots({ options, points }: Scan): FitPlot[] {
  const measure = (point: KernelRidgeScanPoint): number =>
    point.leftOutOverSigma ?? (options.by === "leave-group-out" ? point.leaveGroupOut?.[0] : options.by === "validation" ? point.validation : point.leaveOneOut[0]) ?? NaN;
  const names = new Map<string, KernelRidgeScanPoint[]>();
  for (const point of points) {
    const name = point.ofMedian === undefined ? `ℓ ${point.lengthScales.map((length) => length.toPrecision(3)).join(", ")}` : `${point.ofMedian} × median`;
    names.set(name, [...(names.get(name) ?? []), point]);
  }
  const curves = [...names].map(([name, own]) => ({
    name,
    points: own
      .map((point) => [point.lambda, measure(point)] as const)
      .filter(([lambda, error]) => lambda > 0 && error > 0)
      .sort(([a], [b]) => a - b),
  }));
  const drawn = curves.filter((curve) => curve.points.length > 1);
  if (drawn.length === 0) return [];
  const title = "Scan of length scale and λ";
  if (points.some(({ leftOutOverSigma }) => leftOutOverSigma !== undefined)) {
    const caption = "Root mean square of errors over σ, energies and forces of structures that are not in the fit, one line for each length scale.";
    return [{ name: "kernel-scan", title, x: "λ (σ²)", y: "error (σ)", curves: drawn, caption }];
  }
  const caption = "Root mean square error of energies of structures that are not in the fit, one line for each length scale.";
  return [{ name: "kernel-scan", title, x: "λ (eV²)", y: "energy error (eV)", curves: drawn, caption }];
}
