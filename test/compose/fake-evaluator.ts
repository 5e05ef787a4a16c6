import type { CandidateEvaluator, CandidateEvaluation, TrainingJob } from "../../src/compose/candidate.js";
import { NumericalError } from "../../src/errors.js";
import { printNotation } from "../../src/models/composed/notation.js";
import { layoutParameters } from "../../src/models/composed/parameters.js";
import type { ComposedForm } from "../../src/models/composed/tree.js";

/** What a made-up training of a form gives; a text: it fails with it. */
export type FakeOutcome = number | { readonly u: number; readonly energy?: number; readonly kappa?: number } | string;

/** An evaluator whose results stand in a table by notation, so that the search can be followed by hand. */
export class FakeEvaluator implements CandidateEvaluator {
  readonly nSpecies = 1;
  /** What was trained, in order. */
  readonly jobs: TrainingJob[] = [];
  /** Called before every training. */
  onJob: (job: TrainingJob) => void = () => undefined;

  constructor(
    private readonly table: Readonly<Record<string, FakeOutcome>> | ((form: ComposedForm) => FakeOutcome),
    private readonly otherwise: FakeOutcome = 9,
  ) {}

  readonly largestFeature = (): Promise<number> => Promise.resolve(10);

  evaluate(job: TrainingJob): Promise<CandidateEvaluation> {
    this.onJob(job);
    this.jobs.push(job);
    const { table } = this;
    const found = typeof table === "function" ? table(job.form) : (table[printNotation(job.form)] ?? this.otherwise);
    if (typeof found === "string") return Promise.reject(new NumericalError(found));
    const { u, energy = 0.01, kappa = 8 } = typeof found === "number" ? { u: found } : found;
    return Promise.resolve(evaluationOf(job, u, energy, kappa));
  }

  linearMinimum(form: ComposedForm, parameters: readonly number[]): ReturnType<CandidateEvaluator["linearMinimum"]> {
    const places = layoutParameters(form, 1).parameters.flatMap(({ kind }, p) => (kind === "coefficient" || kind === "shift" ? [p] : []));
    const size = places.length;
    const triangle = Float64Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? 1 : 0));
    return Promise.resolve({ places, triangle, coefficients: Float64Array.from(places, (p) => parameters[p]) });
  }
}

/** Parameters are those of the first start, coefficients by their position: which part is cheapest is known. */
function evaluationOf({ form, starts, seed }: TrainingJob, u: number, energy: number, kappa: number): CandidateEvaluation {
  const { parameters } = layoutParameters(form, 1);
  const first = starts?.[0];
  const values = parameters.map(({ kind }, p) => {
    if (kind === "coefficient") return p + 1;
    if (first) return first[p];
    return { alpha: 0.05 + (seed % 100) * 1e-4, beta: 1.5, weight: 1, shift: 0, exponent: p % 2 ? 0.1 : -0.1 }[kind];
  });
  const nLinear = parameters.filter(({ kind }) => kind === "coefficient" || kind === "shift").length;
  const eigenvalues = Array.from({ length: nLinear }, (_, i) => 10 ** (kappa * (1 - i / Math.max(1, nLinear - 1))));
  const errors = { energy, force: Math.exp(u), amplitude: 0.1, angle: 0.5 };
  const loss = Math.exp(2 * u);
  return {
    parameters: values,
    loss: { train: loss, validation: loss },
    errors: { train: errors, validation: errors },
    spectrum: { eigenvalues, log10Kappa: kappa, log10KappaScaled: kappa, nSignificant: eigenvalues.filter((value) => value >= 1e-15 * eigenvalues[0]).length, nGaugeModes: 0 },
    cost: 1 + 0.3 * parameters.length,
  };
}
