/** What a candidate is judged by; all on the validation structures but the size. */
export interface Score {
  /** In the order of evaluation. */
  readonly id: number;
  /** ½ ln L: smaller is better. */
  readonly u: number;
  /** ε_E, eV/atom */
  readonly energyError: number;
  /** ε_F, eV/Å */
  readonly forceError: number;
  /** All parameters. */
  readonly size: number;
  /** Condition number of the Fisher information with columns of length 1, its logarithm to base 10. */
  readonly log10Kappa: number;
}

/** Rules of the search. */
export interface AcceptanceRules {
  /** Smallest gain in u that is worth a step. */
  readonly gain: number;
  /** Largest ratio of ε_E or ε_F to that of the parent. */
  readonly redistribution: number;
  /** Gains that differ by less are alike: the smaller form is taken. */
  readonly tolerance: number;
}

/** The rules of the search as they are without options. */
export const USUAL_RULES: AcceptanceRules = { gain: 0.01, redistribution: 1.25, tolerance: 0.0025 };

/** Whether a candidate may follow its parent, and why not. */
export interface Judgement {
  readonly isEligible: boolean;
  readonly reason: string;
}

/** Below, a loss is 0 but for rounding. */
const SMALLEST_LOSS = 1e-300;

/** u = ½ ln L: equal steps are equal ratios of a root mean square error. */
export function scoreOfLoss(loss: number): number {
  return 0.5 * Math.log(Math.max(loss, SMALLEST_LOSS));
}

/** Judges a candidate of growth beside the one that it comes from. */
export function judge(candidate: Score, parent: Score, { gain: least, redistribution }: AcceptanceRules): Judgement {
  const gain = parent.u - candidate.u;
  // written so that NaN is no gain
  if (!(gain >= least)) return { isEligible: false, reason: `gain ${gain.toFixed(4)} is below ${least}` };
  for (const [name, key] of [["energy", "energyError"], ["force", "forceError"]] as const) {
    const ratio = candidate[key] / parent[key];
    if (ratio > redistribution) return { isEligible: false, reason: `gain ${gain.toFixed(4)}, but the ${name} error is ${ratio.toFixed(2)} times that of its parent` };
  }
  return { isEligible: true, reason: `gain ${gain.toFixed(4)}` };
}

/**
 * The best of some candidates: least u; of those within the tolerance of it the smallest form, then the least condition number, then the first.
 * @returns undefined where there are none
 */
export function bestOf<Candidate extends Score>(candidates: readonly Candidate[], { tolerance }: Pick<AcceptanceRules, "tolerance">): Candidate | undefined {
  const least = Math.min(...candidates.map(({ u }) => u));
  const alike = candidates.filter(({ u }) => u <= least + tolerance);
  return [...alike].sort((a, b) => a.size - b.size || compareKappa(a, b) || a.id - b.id).at(0);
}

/** One that is not known counts as large. */
function compareKappa({ log10Kappa: a }: Score, { log10Kappa: b }: Score): number {
  const [first, second] = [a, b].map((value) => (Number.isFinite(value) ? value : Infinity));
  return first === second ? 0 : first - second;
}

/** Whether a form without one of its parts may replace it. */
export function mayReplace(pruned: Pick<Score, "u">, best: Pick<Score, "u">, { tolerance }: Pick<AcceptanceRules, "tolerance">): Judgement {
  const loss = pruned.u - best.u;
  if (loss <= tolerance) return { isEligible: true, reason: `u ${signed(loss)} beside the best` };
  return { isEligible: false, reason: `u ${signed(loss)} beside the best, more than ${tolerance}` };
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(4)}`;
}
