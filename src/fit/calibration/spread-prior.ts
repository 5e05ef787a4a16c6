import { digamma, trigamma } from "../../math/polygamma.js";

/** Variances that were estimated from few values each. */
export interface SampleVariances {
  /** With one degree of freedom less than values; above 0, at least one. */
  readonly variances: ArrayLike<number>;
  /** Degrees of freedom of each, at least 1. */
  readonly degrees: ArrayLike<number>;
}

/** Distribution of the true variances: scaled inverse χ², as if each had been estimated from so many values more, with this result. */
export interface SpreadPrior {
  /** Of freedom. */
  readonly degrees: number;
  /** Variance. */
  readonly scale: number;
}

/** Degrees of freedom of a prior, from little in common, so that those of two more leave a mean of the variance, to the same for all. */
const [FEWEST, MOST] = [0.5, 1000];

/**
 * What sample variances of normal values say of the true ones, by mean and variance of their logarithms: Smyth, Stat. Appl. Genet. Mol. Biol. 3, 3
 * (2004), 10.2202/1544-6115.1027, section 6.2, for degrees of freedom that differ.
 */
export function spreadPrior({ variances, degrees }: SampleVariances): SpreadPrior {
  const count = variances.length;
  // the fewer degrees, the wider its logarithm scatters
  const weighted = (of: (i: number) => number): number => {
    let [sum, weights] = [0, 0];
    for (let i = 0; i < count; i++) [sum, weights] = [sum + degrees[i] * of(i), weights + degrees[i]];
    return sum / weights;
  };
  const logarithms = Float64Array.from(variances, (variance, i) => Math.log(variance) - digamma(degrees[i] / 2) + Math.log(degrees[i] / 2));
  const mean = weighted((i) => logarithms[i]);
  const excess = count < 2 ? 0 : weighted((i) => ((logarithms[i] - mean) ** 2 * count) / (count - 1) - trigamma(degrees[i] / 2));
  const own = degreesOf(excess);
  return { degrees: own, scale: Math.exp(mean + digamma(own / 2) - Math.log(own / 2)) };
}

/** ν with ψ′(ν/2) as large as the variance of the logarithms, within the limits. */
function degreesOf(excess: number): number {
  let [low, high] = [FEWEST, MOST];
  while (high / low > 1 + 1e-12) {
    const middle = Math.sqrt(low * high);
    if (trigamma(middle / 2) > excess) low = middle;
    else high = middle;
  }
  return Math.sqrt(low * high);
}

/** Mean of the true variance where a sample has this one: (ν₀ s₀² + d v)/(ν₀ + d − 2), only for more than two degrees of freedom together. */
export function expectedVariance(prior: SpreadPrior, variance: number, degrees: number): number {
  return (prior.degrees * prior.scale + degrees * variance) / (prior.degrees + degrees - 2);
}
