import { huberLoss, type HuberIteration, type HuberStep } from "./huber.js";
import type { RobustOptions } from "./schema.js";
import type { WeightedTargets } from "./weighted-targets.js";

/** How many targets of one kind have a weight below 1. */
export interface DownWeighted {
  /** Targets that are fitted. */
  readonly targets: number;
  /** Of them with a weight below 1. */
  readonly downWeighted: number;
}

/** A structure whose targets lie far from the fit. */
export interface OutlyingStructure {
  /** Where it came from. */
  readonly label: string;
  /** Its `config_type`, or "". */
  readonly configType: string;
  /** Targets of it. */
  readonly targets: number;
  /** Of them with a weight below 1. */
  readonly downWeighted: number;
  /** 0 … 1 */
  readonly smallestWeight: number;
  /** Of the largest residual: energy, forces or virial. */
  readonly kind: "energy" | "forces" | "virial";
  /** In units of σ. */
  readonly largestResidual: number;
}

/** What Huber's loss did to a fit. Plain data. */
export interface RobustSummary {
  /** δ, in units of σ. */
  readonly huber: number;
  /** Fits; the first is without weights. */
  readonly steps: readonly HuberStep[];
  /** Whether the weights have settled. */
  readonly converged: boolean;
  /** By kind. */
  readonly energies: DownWeighted;
  /** By component. */
  readonly forceComponents: DownWeighted;
  /** By component. */
  readonly virialComponents: DownWeighted;
  /** Those that the squared loss would count most beyond Huber's, the worst first. */
  readonly worst: readonly OutlyingStructure[];
}

/** Structures that are named. */
const MOST_NAMED = 10;

/** The account of a robust fit. */
export function summarizeRobust(targets: WeightedTargets, { residuals, weights, steps, converged }: Omit<HuberIteration<unknown>, "fit">, { huber }: RobustOptions): RobustSummary {
  const counts = { energy: [0, 0], forces: [0, 0], virial: [0, 0] };
  const outlying: { excess: number; structure: OutlyingStructure }[] = [];
  const { dataset, offsets } = targets;
  for (let i = 0; i < dataset.nStructures; i++) {
    let [worst, below, excess] = [offsets[i], 0, 0];
    for (let t = offsets[i]; t < offsets[i + 1]; t++) {
      const count = counts[targets.kindOf(i, t)];
      count[0]++;
      if (Math.abs(residuals[t]) > Math.abs(residuals[worst])) worst = t;
      if (!(weights[t] < 1)) continue;
      count[1]++;
      below++;
      excess += residuals[t] ** 2 / 2 - huberLoss(residuals[t], huber);
    }
    if (below === 0) continue;
    const [label, configType] = [dataset.labels[i], dataset.configTypes[i]];
    const own = { targets: offsets[i + 1] - offsets[i], downWeighted: below, smallestWeight: weights[worst], kind: targets.kindOf(i, worst), largestResidual: Math.abs(residuals[worst]) };
    outlying.push({ excess, structure: { label, configType, ...own } });
  }
  const worst = outlying.sort((a, b) => b.excess - a.excess).slice(0, MOST_NAMED).map(({ structure }) => structure);
  const [energies, forceComponents, virialComponents] = Object.values(counts).map(([all, downWeighted]) => ({ targets: all, downWeighted }));
  return { huber, steps, converged, energies, forceComponents, virialComponents, worst };
}

/** What is to be warned of, one sentence each. */
export function robustWarnings({ steps, converged }: RobustSummary): string[] {
  const last = steps[steps.length - 1];
  const rise = steps.findIndex(({ objective }, k) => k > 0 && objective > steps[k - 1].objective * (1 + ROUNDING));
  return [
    ...(converged ? [] : [`the weights of Huber's loss have not settled after ${steps.length} fits (they still change by ${last.change.toPrecision(2)}): raise robust.iterations`]),
    ...(rise < 0 ? [] : [`Huber's objective rose at fit ${rise + 1}, since the regularization follows the weights: give it as a number (for linear models with prior.scale: none or smoothness)`]),
  ];
}

/** Share of an objective that rounding may raise it by. */
const ROUNDING = 1e-9;
