import { NumericalError } from "../../../errors.js";
import { Holdings } from "../../../parallel/holdings.js";
import type { WorkContext } from "../../../parallel/work-context.js";
import type { RidgeOptions } from "./appended-ridge.js";
import { bandForm, type BandForm } from "./band-form.js";
import { bandCoefficients, type BandPoint, bandPoint, bandRoot } from "./band-ridge.js";
import type { ReducedRows } from "./reduced-rows.js";
import type { CovarianceRoot, LinearSolution } from "./solution.js";

/** Step of a scan in ln λ: what a direction adds to the evidence changes over about 4. */
const STEP = 0.5;
/** A scan ends at so many times the sum of the squares of the singular values. */
const HIGHEST = 1e6;
/** ln λ is found to this, or as well as rounding errors of the slope allow. */
const SLOPE_TOLERANCE = 1e-9;
/** The same for the least GCV, whose rounding errors hide changes of less. */
const GCV_TOLERANCE = 1e-7;
/** Columns of a root that one task makes. */
const ROOT_COLUMNS = 128;

/** What chooses λ. */
export type Criterion = "evidence" | "gcv";

/**
 * Ridge whose λ has the largest evidence or the least GCV, for many columns: as `bayesianRidge` and `gcvRidge`, from a band form in place of
 * singular values, on all threads. λ has a relative error of about 1e-8.
 * @throws {NumericalError} when a value is not finite, or when all columns are zero; {ResourceError}; {CancelledError}
 */
export async function ridgeOfBand(rows: ReducedRows, scale: Float64Array, criterion: Criterion, options: RidgeOptions, context: WorkContext): Promise<LinearSolution> {
  const size = squaredNorm(rows, scale);
  if (!(size > 0)) throw new NumericalError("all columns of the fit are zero: no atom has a neighbor within the cutoff, or all weights are 0");
  const holdings = new Holdings(context.executor);
  try {
    const form = await bandForm(rows, scale, holdings, context);
    const points = new Points(form, context);
    const scan = await points.scan(size);
    const best = await choose(criterion, points, scan, size);
    return await solutionOf(form, criterion, best, scan, options, context);
  } finally {
    holdings.release();
  }
}

/** Σ s² of the scaled columns. */
function squaredNorm({ nColumns: n, factor }: ReducedRows, scale: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < n; i++) for (let j = i; j < n; j++) sum += (factor[i * n + j] / scale[j]) ** 2;
  return sum;
}

/** Ridges of one band form. */
class Points {
  private done = 0;

  constructor(
    private readonly form: BandForm,
    private readonly context: WorkContext,
  ) {}

  async at(logarithms: readonly number[]): Promise<BandPoint[]> {
    const { executor, signal, onProgress } = this.context;
    const { scale: _, ...form } = this.form;
    const inputs = logarithms.map((logarithm) => ({ form, regularization: Math.exp(logarithm) }));
    const onDone = (): void => onProgress?.({ stage: "solver, regularizations", done: ++this.done, total: undefined, unit: "values" });
    return executor.map(bandPoint, inputs, { signal, label: ({ regularization }) => `the regularization ${regularization}`, onDone });
  }

  /**
   * A geometric series of λ, up to where no coefficient is left. It begins at (M·ε)²·Σ s²: singular values below the root of that are rounding errors,
   * and a smaller λ would be chosen by these.
   */
  scan(size: number): Promise<BandPoint[]> {
    const [from, to] = [Math.log((this.form.band.size * Number.EPSILON) ** 2 * size), Math.log(HIGHEST * size)];
    return this.at(Array.from({ length: Math.ceil((to - from) / STEP) + 1 }, (_, k) => from + k * STEP));
  }
}

async function choose(criterion: Criterion, points: Points, scan: readonly BandPoint[], size: number): Promise<BandPoint> {
  if (criterion === "gcv") return leastGcv(points, scan);
  // targets that are all 0 are explained by any λ
  if (scan.every(({ noiseVariance }) => noiseVariance === 0)) return (await points.at([Math.log(size)]))[0];
  return largestEvidence(points, scan);
}

/** The highest of all maxima; each lies where the slope falls through 0, or at an end of the scan. */
async function largestEvidence(points: Points, scan: readonly BandPoint[]): Promise<BandPoint> {
  let best = scan[0].logEvidence >= scan[scan.length - 1].logEvidence ? scan[0] : scan[scan.length - 1];
  for (let k = 0; k + 1 < scan.length; k++) {
    if (!(scan[k].slope > 0 && scan[k + 1].slope <= 0)) continue;
    const maximum = await rootOfSlope(points, scan[k], scan[k + 1]);
    if (maximum.logEvidence > best.logEvidence) best = maximum;
  }
  return best;
}

/** False position; an end that stays counts half of its slope (Illinois), so that both come closer. */
async function rootOfSlope(points: Points, lower: BandPoint, upper: BandPoint): Promise<BandPoint> {
  let [a, b] = [Math.log(lower.regularization), Math.log(upper.regularization)];
  let [left, right] = [lower.slope, upper.slope];
  let kept = 0;
  for (;;) {
    const x = a + ((b - a) * left) / (left - right);
    const [point] = await points.at([x]);
    const step = Math.min(x - a, b - x);
    if (point.slope === 0 || step < SLOPE_TOLERANCE || b - a < SLOPE_TOLERANCE) return point;
    if (point.slope > 0) {
      [a, left] = [x, point.slope];
      if (kept === 1) right /= 2;
      kept = 1;
    } else {
      [b, right] = [x, point.slope];
      if (kept === -1) left /= 2;
      kept = -1;
    }
  }
}

/** The best of a scan, refined by golden sections. */
async function leastGcv(points: Points, scan: readonly BandPoint[]): Promise<BandPoint> {
  const best = scan.reduce((least, point, k) => (point.gcv < scan[least].gcv ? k : least), 0);
  const golden = (Math.sqrt(5) - 1) / 2;
  let [a, b] = [Math.max(0, best - 1), Math.min(scan.length - 1, best + 1)].map((k) => Math.log(scan[k].regularization));
  let [left, right] = await points.at([b - golden * (b - a), a + golden * (b - a)]);
  while (b - a > GCV_TOLERANCE) {
    if (left.gcv <= right.gcv) {
      [b, right] = [Math.log(right.regularization), left];
      [left] = await points.at([b - golden * (b - a)]);
    } else {
      [a, left] = [Math.log(left.regularization), right];
      [right] = await points.at([a + golden * (b - a)]);
    }
  }
  // at an end of the scan, or where GCV is flat, nothing is better than the point of the scan
  return [left, right].reduce((least, point) => (point.gcv < least.gcv ? point : least), scan[best]);
}

async function solutionOf(
  form: BandForm,
  criterion: Criterion,
  { regularization, sumOfSquares, effectiveParameters, logEvidence, noiseVariance: ofEvidence }: BandPoint,
  scan: readonly BandPoint[],
  { covariance }: RidgeOptions,
  context: WorkContext,
): Promise<LinearSolution> {
  const { scale, nRows, band: { size } } = form;
  const { executor, signal } = context;
  const { scale: _, ...input } = form;
  const scaled = await executor.submit(bandCoefficients, { form: input, regularization }, { signal, label: "the coefficients" });
  const freedom = nRows - effectiveParameters;
  const noise = criterion === "evidence" ? ofEvidence : freedom > 1e-9 * nRows ? sumOfSquares / freedom : undefined;
  return {
    coefficients: scaled.map((value, j) => value / scale[j]),
    sumOfSquares,
    rank: size,
    effectiveParameters,
    regularization,
    ...(noise !== undefined && { noiseVariance: noise, ...(covariance && { covarianceRoot: await covarianceRootOf(form, regularization, noise, context) }) }),
    ...(criterion === "evidence" && { coefficientVariance: ofEvidence / regularization, ...(ofEvidence > 0 && { logEvidence }) }),
    chosenFrom: "band form",
    scan: scan.map(({ slope: _slope, noiseVariance: _noise, ...point }) => point),
  };
}

/** Γ⁻¹·V·C⁻¹·σ_ε, slab after slab of columns. */
async function covarianceRootOf(form: BandForm, regularization: number, noiseVariance: number, { executor, signal, onProgress }: WorkContext): Promise<CovarianceRoot> {
  const { scale, ...input } = form;
  const n = form.band.size;
  const deviation = Math.sqrt(noiseVariance);
  const values = new Float64Array(n * n);
  const starts = Array.from({ length: Math.ceil(n / ROOT_COLUMNS) }, (_, k) => k * ROOT_COLUMNS);
  executor.announce(starts.length);
  let done = 0;
  const slab = async (first: number): Promise<void> => {
    const count = Math.min(ROOT_COLUMNS, n - first);
    const root = await executor.submit(bandRoot, { form: input, regularization, first, count }, { signal, label: "the covariance" });
    for (let i = 0; i < n; i++) for (let k = 0; k < count; k++) values[i * n + first + k] = (root[i * count + k] * deviation) / scale[i];
    onProgress?.({ stage: "solver, covariance", done: (done += count), total: n, unit: "columns" });
  };
  // all of them end before the memory is given back
  for (const result of await Promise.allSettled(starts.map(slab))) if (result.status === "rejected") throw result.reason;
  return { nDirections: n, values };
}
