// Values of another program for solvers of weighted least-squares problems: all that a file of the kind holds.
import {
  ardFixedPoint, bayesianRidge, committeeOf, covarianceFactor, covarianceOf, evidenceMaxima, huberRidge, iterateHuber, leftOutResiduals, type LinearSolution, logEvidence,
  noiseVarianceAt, predictionVariances, reduceDenseRows, type ReducedRows, ridgeOfBand, ridgePoint, ridgeScan, ridgeSolution, scanGrid, type SingularForm, singularForms, solveReduced,
} from "../../src/fit/index.js";
import type { Executor } from "../../src/parallel/index.js";
import type { Comparisons } from "./comparisons.js";
import { flat, type ReferenceFolder } from "./folder.js";

type Numbers = readonly number[];

interface Bayesian {
  readonly gamma: Numbers;
  readonly noise_variance: number;
  readonly coefficient_variance: number;
  readonly effective_parameters: number;
  readonly log_evidence: number;
  readonly c: Numbers;
  readonly covariance: readonly Numbers[];
  readonly iterations: number;
  readonly test_rows?: readonly Numbers[];
  readonly test_mean?: Numbers;
  readonly test_variance_model?: Numbers;
  readonly test_variance_with_noise_for_weight?: Readonly<Record<string, Numbers>>;
  readonly committee_z?: readonly Numbers[];
  readonly committee_c_cholesky?: readonly Numbers[];
}

interface LinearFile {
  readonly description: string;
  readonly A: readonly Numbers[];
  readonly y: Numbers;
  readonly kind: readonly string[];
  readonly group: readonly string[];
  readonly atoms: Numbers;
  readonly frame: Numbers;
  readonly weight: Numbers;
  readonly ridge: readonly {
    readonly lambda_: number;
    readonly c: Numbers;
    readonly weighted_rss: number;
    readonly dof: number;
    readonly loo_weighted_residuals: Numbers;
    readonly leave_frame_out_weighted_residuals: Numbers;
    readonly gcv: number;
  }[];
  readonly tikhonov: { readonly lambda_: number; readonly gamma: Numbers; readonly c: Numbers };
  readonly truncated_svd: { readonly singular_values: Numbers; readonly results: readonly { readonly rcond: number; readonly rank: number; readonly c: Numbers }[] };
  readonly bayesian_ridge: {
    readonly ridge: Bayesian;
    readonly smoothness: Bayesian;
    readonly grid: readonly { readonly coefficient_variance: number; readonly noise_variance: number; readonly log_evidence: number }[];
  };
  readonly ard: {
    readonly precision_threshold: number;
    readonly kept: Numbers;
    readonly c: Numbers;
    readonly noise_variance: number;
    readonly coefficient_variance: Numbers;
    readonly log_evidence: number;
    readonly sklearn_same_set: boolean;
    readonly iterations: number;
  };
  readonly lambda_scan: readonly { readonly lambda_: number; readonly weighted_rss: number; readonly dof: number; readonly loo_rms: number; readonly gcv: number }[];
  readonly huber: { readonly outliers: string; readonly delta: number; readonly lambda_: number; readonly c: Numbers; readonly objective: number; readonly iterations: number };
}

/** Labels, and how the other program got there: nothing to compare. */
const labels = ["description", "A", "y", "kind", "group", "atoms", "frame", "weight"];
const compared = ["ridge", "tikhonov", "truncated_svd", "bayesian_ridge", "ard", "lambda_scan", "huber"];

/** Compares every value of one file of the kind `linear_*.json`. */
export async function compareLinearFit(folder: ReferenceFolder, file: string, executor: Executor, comparisons: Comparisons): Promise<void> {
  const reference = folder.json(file) as LinearFile;
  const unknown = Object.keys(reference).filter((key) => ![...labels, ...compared].includes(key));
  if (unknown.length > 0) throw new Error(`${file} has values that the suite does not know: ${unknown.join(", ")}`);
  await new LinearComparison(reference, file, executor, comparisons).run();
}

class LinearComparison {
  private readonly n: number;
  private readonly values: Float64Array;
  private readonly targets: Float64Array;
  private readonly frames: number[];

  constructor(
    private readonly reference: LinearFile,
    private readonly file: string,
    readonly executor: Executor,
    private readonly comparisons: Comparisons,
  ) {
    const { A, y, weight, frame } = reference;
    this.n = A[0].length;
    this.values = Float64Array.from(A.flatMap((row, i) => row.map((value) => weight[i] * value)));
    this.targets = Float64Array.from(y, (value, i) => weight[i] * value);
    this.frames = [...frame.keys()].filter((i) => i === 0 || frame[i] !== frame[i - 1]).concat(frame.length);
    if (new Set(frame).size !== this.frames.length - 1) throw new Error(`${file}: rows of a frame do not stand together`);
  }

  async run(): Promise<void> {
    const rows = await reduceDenseRows(this.values, this.n, this.targets, this);
    const ones = new Float64Array(this.n).fill(1);
    const [plain] = await singularForms([rows], ones, this);
    await this.ridges(rows, plain);
    await this.truncations(rows, plain);
    await this.bayesian(rows, "ridge");
    await this.bayesian(rows, "smoothness");
    for (const point of this.reference.bayesian_ridge.grid) {
      this.compare("log evidence", [logEvidence(plain, point.coefficient_variance, point.noise_variance)], [point.log_evidence], 1e-6, "absolute");
    }
    await this.relevance(rows, ones);
    await this.huber();
  }

  private compare(kind: string, actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, tolerates?: "absolute"): void {
    this.comparisons.compare(`linear, ${kind}`, this.file, actual, expected, tolerance, tolerates);
  }

  private async ridges(rows: ReducedRows, plain: SingularForm): Promise<void> {
    const { ridge, lambda_scan, tikhonov } = this.reference;
    const rowByRow = [...this.targets.keys(), this.targets.length];
    for (const expected of ridge) {
      const solved = await solveReduced(rows, { type: "ridge", regularization: expected.lambda_ }, plain.scale, this);
      for (const solution of [ridgeSolution(plain, expected.lambda_), solved]) {
        this.compare("ridge coefficients", solution.coefficients, expected.c, 1e-9);
        this.compare("RSS and GCV", [solution.sumOfSquares], [expected.weighted_rss], 1e-8);
        this.compare("effective parameters", [solution.effectiveParameters], [expected.dof], 1e-9);
        this.compare("one left out", await this.leftOut(solution, rowByRow), expected.loo_weighted_residuals, 1e-9);
        this.compare("frames left out", await this.leftOut(solution, this.frames), expected.leave_frame_out_weighted_residuals, 1e-9);
      }
      this.compare("RSS and GCV", [ridgePoint(plain, expected.lambda_).gcv], [expected.gcv], 1e-8);
    }
    for (const expected of lambda_scan) {
      const point = ridgePoint(plain, expected.lambda_);
      this.compare("RSS and GCV", [point.sumOfSquares], [expected.weighted_rss], 1e-8);
      this.compare("RSS and GCV", [point.gcv], [expected.gcv], 1e-8);
      this.compare("effective parameters", [point.effectiveParameters], [expected.dof], 1e-9);
      const leftOut = await this.leftOut(ridgeSolution(plain, expected.lambda_), rowByRow);
      this.compare("one left out", [Math.sqrt(leftOut.reduce((sum, r) => sum + r * r, 0) / leftOut.length)], [expected.loo_rms], 1e-9);
    }
    const smooth = await solveReduced(rows, { type: "ridge", regularization: tikhonov.lambda_ }, Float64Array.from(tikhonov.gamma), this);
    this.compare("Tikhonov coefficients", smooth.coefficients, tikhonov.c, 1e-9);
  }

  private leftOut(solution: LinearSolution, offsets: readonly number[]): Promise<Float64Array> {
    return leftOutResiduals({ values: this.values, targets: this.targets, offsets }, solution, this);
  }

  private async truncations(rows: ReducedRows, plain: SingularForm): Promise<void> {
    const { singular_values, results } = this.reference.truncated_svd;
    this.compare("singular values", Array.from(plain.values, (value, i) => value / singular_values[i]), singular_values.map(() => 1), 1e-9);
    for (const expected of results) {
      const { coefficients, rank } = await solveReduced(rows, { type: "truncated-svd", cutoff: expected.rcond }, plain.scale, this);
      this.compare("truncated SVD", [rank], [expected.rank], 0);
      this.compare("truncated SVD", coefficients, expected.c, 1e-9);
    }
  }

  private async bayesian(rows: ReducedRows, prior: "ridge" | "smoothness"): Promise<void> {
    const expected = this.reference.bayesian_ridge[prior];
    const [form] = await singularForms([rows], Float64Array.from(expected.gamma), this);
    const best = bayesianRidge(form);
    const solved = await solveReduced(rows, { type: "bayesian-ridge" }, Float64Array.from(expected.gamma), this);
    this.compare("Bayesian ridge coefficients", solved.coefficients, best.coefficients, 0);
    const ofBand = await ridgeOfBand(rows, Float64Array.from(expected.gamma), "evidence", { covariance: true }, this);
    this.compare("Bayesian ridge by a band form", [ofBand.regularization! / best.regularization!, ofBand.noiseVariance! / best.noiseVariance!], [1, 1], 1e-8);
    this.compare("Bayesian ridge by a band form", ofBand.coefficients, best.coefficients, 1e-9);
    this.compare("Bayesian ridge by a band form", [ofBand.logEvidence!], [best.logEvidence!], 1e-9, "absolute");
    this.compare("Bayesian ridge by a band form", covarianceOf(ofBand, this.executor), covarianceOf(best, this.executor), 1e-7);
    if (!(best.logEvidence! >= expected.log_evidence - 1e-6)) throw new Error(`${this.file}: evidence ${best.logEvidence} below ${expected.log_evidence}`);
    const solution = this.maximumNear(form, expected);
    if (Math.abs(best.logEvidence! - solution.logEvidence!) > 1e-6) {
      this.comparisons.note(`${this.file}, ${prior}: the maximum of the other program (ln p = ${expected.log_evidence.toFixed(2)}) is compared; ours is higher (${best.logEvidence!.toFixed(2)})`);
    }
    this.compare("Bayesian ridge coefficients", solution.coefficients, expected.c, 1e-9);
    // sharp to 1e-7 in ln σ² as the references are, see the page of formulas
    this.compare("variances of the evidence", [solution.noiseVariance! / expected.noise_variance], [1], 1e-7);
    this.compare("variances of the evidence", [(solution.coefficientVariance as number) / expected.coefficient_variance], [1], 1e-7);
    this.compare("effective parameters", [solution.effectiveParameters], [expected.effective_parameters], 1e-7);
    this.compare("log evidence", [solution.logEvidence!], [expected.log_evidence], 1e-6, "absolute");
    const covariance = covarianceOf(solution, this.executor);
    this.compare("covariance", covariance, flat(expected.covariance), 1e-7);
    await this.errorBars(solution, expected);
  }

  /** The evidence may have several maxima, and the iteration of the other program ends at one of them. */
  private maximumNear(form: SingularForm, expected: Bayesian): LinearSolution {
    const wanted = expected.noise_variance / expected.coefficient_variance;
    const maxima = evidenceMaxima(form, ridgeScan(form, scanGrid(form)));
    const nearest = maxima.reduce((best, other) => (Math.abs(Math.log(other / wanted)) < Math.abs(Math.log(best / wanted)) ? other : best));
    const noise = noiseVarianceAt(form, nearest);
    return { ...ridgeSolution(form, nearest, noise), coefficientVariance: noise / nearest, logEvidence: logEvidence(form, noise / nearest, noise) };
  }

  private async errorBars(solution: LinearSolution, expected: Bayesian): Promise<void> {
    if (expected.test_rows) {
      const tests = Float64Array.from(expected.test_rows.flat());
      const means = expected.test_rows.map((row) => row.reduce((sum, value, j) => sum + value * solution.coefficients[j], 0));
      const variances = predictionVariances(solution, tests, this.executor);
      this.compare("predictions", means, expected.test_mean!, 1e-9);
      this.compare("variances of predictions", variances, expected.test_variance_model!, 1e-7);
      for (const [weight, noisy] of Object.entries(expected.test_variance_with_noise_for_weight!)) {
        this.compare("variances of predictions", variances.map((variance) => variance + solution.noiseVariance! / Number(weight) ** 2), noisy, 1e-7);
      }
    }
    if (expected.committee_z) {
      const factor = await covarianceFactor(solution, "cholesky", this);
      this.compare("committee", committeeOf(solution, factor, Float64Array.from(expected.committee_z.flat())), expected.committee_c_cholesky!.flat(), 1e-7);
    }
  }

  private async relevance(rows: ReducedRows, ones: Float64Array): Promise<void> {
    const expected = this.reference.ard;
    const mean = this.targets.reduce((sum, value) => sum + value, 0) / this.targets.length;
    const variance = this.targets.reduce((sum, value) => sum + (value - mean) ** 2, 0) / this.targets.length;
    const solution = await ardFixedPoint(
      rows,
      ones,
      {
        precisions: ones,
        noisePrecision: 1 / variance,
        absoluteThreshold: expected.precision_threshold,
        relativeThreshold: Infinity,
        maximumSteps: expected.iterations,
        evidenceTolerance: -1,
        precisionTolerance: 1e-13,
      },
      this,
    );
    this.compare("ARD set", solution.columns!, expected.kept, 0);
    this.compare("ARD coefficients", solution.coefficients, expected.c, 1e-9);
    this.compare("ARD variances", [solution.noiseVariance!], [expected.noise_variance], 1e-9);
    this.compare("ARD variances", Array.from(solution.coefficientVariance as Float64Array, (value, k) => value / expected.coefficient_variance[k]), expected.kept.map(() => 1), 1e-9);
    this.compare("log evidence", [solution.logEvidence!], [expected.log_evidence], 1e-6, "absolute");
  }

  private async huber(): Promise<void> {
    const { delta, lambda_, c, objective, outliers } = this.reference.huber;
    if (outliers !== "y[0], y[7], y[14], ... + 1.5") throw new Error(`${this.file}: outliers are ${outliers}`);
    const { n, values } = this;
    const targets = Float64Array.from(this.reference.y, (value, i) => this.reference.weight[i] * (value + (i % 7 === 0 ? 1.5 : 0)));
    const rows = {
      nRows: targets.length,
      reduce: (factors: Float64Array): Promise<ReducedRows> =>
        reduceDenseRows(values.map((value, e) => value * factors[Math.floor(e / n)]), n, targets.map((target, i) => target * factors[i]), this),
      residuals: (coefficients: Float64Array): Promise<Float64Array> =>
        Promise.resolve(targets.map((target, i) => coefficients.reduce((rest, value, j) => rest - values[i * n + j] * value, target))),
    };
    const solution = await huberRidge(rows, { delta, regularization: lambda_ }, new Float64Array(n).fill(1), this);
    this.compare("Huber coefficients", solution.coefficients, c, 1e-9);
    this.compare("Huber loss", [solution.loss], [objective], 1e-9);
    // and as any trainer does it, by weights of single targets
    const { fit, steps } = await iterateHuber<LinearSolution>(
      {
        nTargets: rows.nRows,
        fit: async (weights) => solveReduced(await rows.reduce(weights.map(Math.sqrt)), { type: "ridge", regularization: lambda_ }, new Float64Array(n).fill(1), this),
        residuals: ({ coefficients }) => rows.residuals(coefficients),
        minimum: ({ sumOfSquares, coefficients }) => sumOfSquares + lambda_ * coefficients.reduce((sum, value) => sum + value ** 2, 0),
      },
      { huber: delta, iterations: 500, tolerance: 1e-14 },
    );
    this.compare("Huber coefficients", fit.coefficients, c, 1e-9);
    this.compare("Huber loss", [steps[steps.length - 1].objective], [objective], 1e-9);
  }
}
