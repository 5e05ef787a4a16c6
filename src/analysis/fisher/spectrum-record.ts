import type { EigenSystem } from "./eigen-system.js";
import type { FisherSpectrum, ParameterShare, Participation, SloppyDirection } from "./result.js";

/** Of the largest eigenvalue, in powers of ten: the significant correlation region ends there. */
const SIGNIFICANT = -15;
/** Smaller shares are not listed. */
const LEAST_SHARE = 0.01;
/** More parameters make a matrix that nobody reads. */
const MOST_PARTICIPANTS = 150;

/** What is told of an eigensystem. */
export function spectrumRecord(system: EigenSystem, names: readonly string[]): FisherSpectrum {
  const all = system.values.map((_, k) => k);
  const kept = all.filter((k) => !isNull(system, k));
  const [first, last] = [kept[0], kept[kept.length - 1]];
  const ofLargest = (k: number): number => system.logarithms[k] - system.logarithms[first];
  const sloppy = kept.filter((k) => !(ofLargest(k) >= SIGNIFICANT));
  const sharesOf = (k: number): ParameterShare[] => largestShares(system.vectors.subarray(k * names.length, (k + 1) * names.length), names);
  return {
    eigenvalues: kept.map((k) => system.values[k]),
    digits: kept.map((k) => system.digits[k]),
    log10Kappa: kept.length === 0 ? null : -ofLargest(last),
    isCertain: kept.length > 0 && system.digits[last] > 0,
    gaugeModes: system.nGauge,
    gaugeResidual: system.gaugeResidual ?? null,
    nullModes: all.filter((k) => isNull(system, k)).map(sharesOf),
    significant: { count: kept.length - sloppy.length, share: kept.length === 0 ? 0 : 1 - sloppy.length / kept.length },
    sloppiness: names.map((_, p) => sloppy.reduce((sum, k) => sum + system.vectors[k * names.length + p] ** 2, 0)),
    sloppyDirections: sloppy.toReversed().map((k): SloppyDirection => ({ eigenvalue: system.values[k], shares: sharesOf(k) })),
  };
}

/** Whether an eigenvalue is 0: to all bits, or in double precision exactly. */
export function isNull({ isNull: known, logarithms }: EigenSystem, k: number): boolean {
  return known?.[k] ?? logarithms[k] === -Infinity;
}

/** Shares of all parameters in all eigenvectors; null where these are too many. */
export function participationOf(system: EigenSystem, set: string, names: readonly string[]): Participation | null {
  const kept = system.values.map((_, k) => k).filter((k) => !isNull(system, k));
  if (names.length > MOST_PARTICIPANTS || kept.length === 0) return null;
  return {
    set,
    parameters: names,
    log10Eigenvalues: kept.map((k) => Number((system.logarithms[k] - system.logarithms[kept[0]]).toFixed(3))),
    shares: kept.map((k) => names.map((_, p) => Number((system.vectors[k * names.length + p] ** 2).toFixed(3)))),
  };
}

function largestShares(vector: Float64Array, names: readonly string[]): ParameterShare[] {
  return [...vector]
    .map((component, p) => ({ name: names[p], share: component ** 2 }))
    .filter(({ share }) => share >= LEAST_SHARE)
    .sort((a, b) => b.share - a.share);
}
