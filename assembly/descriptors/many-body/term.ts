// What the host says of one term (k = 2 or 3) of a many-body tensor (`src/descriptors/many-body/tables.ts`).

/** What stands on the axis of a histogram. */
export const enum TensorGeometry {
  distance,
  inverseDistance,
  /** degrees */
  angle,
  cosine,
}

/** How much a pair or a triplet counts. */
export const enum TensorWeighting {
  unity,
  /** exp(−s x), x the distance of a pair or the perimeter of a triplet */
  exponential,
  inverseSquare,
  /** f(r) f(r′) of the legs of a triplet, f = 1 + y x^{y+1} − (y + 1) x^y, x = r / range */
  smoothCutoff,
}

/** Of coefficients of a profile: 8, the powers 0 … 7. */
export const enum Profile {
  coefficients = 8,
}

/** A histogram with broadened bins of one geometry function, one for each channel of species. */
@unmanaged
export class TensorTerm {
  /** first bin of the grid */
  minimum: f64;
  /** from bin to bin */
  step: f64;
  /** 1/Å: s of an exponential weight */
  decay: f64;
  /** Å: distances of pairs, legs or perimeters of triplets above it do not count */
  range: f64;
  /** Å: neighbors of a center up to here make triplets */
  legs: f64;
  /** y of a smooth cutoff */
  sharpness: f64;
  /** bins of a channel */
  nBins: i32;
  /** bins on each side of its own that a Gaussian reaches */
  reach: i32;
  /** numbers of a profile, `2 reach + 1` and zeros: even */
  width: i32;
  /** intervals of a bin that have a profile each */
  nIntervals: i32;
  nSpecies: i32;
  nChannels: i32;
  /** a TensorGeometry */
  geometry: i32;
  /** a TensorWeighting */
  weighting: i32;
  /** 1: one row for each center, which is a species of its own; 0: one row for all */
  isLocal: i32;
  /** f64 [nIntervals × 8 × width]: what each bin takes of a Gaussian, as powers of its place in the interval from −½ to ½ */
  profiles: usize;
}
