import type { Descriptor, SpeciesList } from "../../descriptors/descriptor.js";
import { InvalidParameterError } from "../../errors.js";
import type { ColumnLayout, TermColumns } from "./columns.js";
import type { LinearFitOptions } from "./schema.js";

/** Γ of a constant beside that of other columns of the same norm: it is to be found from the data alone. */
const INTERCEPT_SHARE = 1e-3;

/** What scales are made of. */
export interface ScaledColumns {
  readonly layout: ColumnLayout;
  readonly descriptors: readonly Descriptor[];
  readonly species: SpeciesList;
  /** Of every column over all weighted rows; 0 where the data does not reach it. */
  readonly norms: Float64Array;
  readonly nRows: number;
}

/**
 * Γ of every column: coefficients are expected to be 1/Γ apart from a common factor.
 * @throws {InvalidParameterError} for a prior of smoothness where a descriptor does not tell how rough its columns are
 */
export function columnScales({ scale }: LinearFitOptions["prior"], columns: ScaledColumns): Float64Array {
  const { layout: { terms, firstIntercept, nColumns }, descriptors, species, norms, nRows } = columns;
  const scales = new Float64Array(nColumns).fill(1);
  for (const [t, term] of terms.entries()) {
    const own = scale === "smoothness" ? smoothness(term, descriptors[t], species) : undefined;
    for (let k = 0; k < term.blocks.length * term.width; k++) {
      const column = term.firstColumn + k;
      if (own) scales[column] = own[k % term.width];
      else if (scale === "root-mean-square") scales[column] = norms[column] / Math.sqrt(nRows);
    }
  }
  const last = firstIntercept ?? nColumns;
  if (scale === "root-mean-square") fillUnknown(scales.subarray(0, last));
  if (firstIntercept !== undefined) scaleIntercepts(scales, firstIntercept, norms);
  return scales;
}

/** Of products: the product. */
function smoothness({ nFeatures, width, quadratic }: TermColumns, descriptor: Descriptor, species: SpeciesList): Float64Array {
  if (!descriptor.smoothness) {
    throw new InvalidParameterError(`fit.prior.scale is smoothness, but ${descriptor.name} does not tell how rough its columns are: use root-mean-square`);
  }
  const own = descriptor.smoothness(species);
  if (!quadratic) return own;
  const all = new Float64Array(width);
  all.set(own);
  for (let a = 0, next = nFeatures; a < nFeatures; a++) for (let b = a; b < nFeatures; b++) all[next++] = own[a] * own[b];
  return all;
}

/** A column that is 0 in all data is taken to be as large as others are. */
function fillUnknown(scales: Float64Array): void {
  const mean = geometricMean(scales.filter((value) => value > 0));
  scales.forEach((value, column) => {
    if (!(value > 0)) scales[column] = mean;
  });
}

function scaleIntercepts(scales: Float64Array, first: number, norms: Float64Array): void {
  const ratios = scales.subarray(0, first).map((scale, column) => scale / norms[column]);
  const ratio = geometricMean(ratios.filter(Number.isFinite));
  for (let column = first; column < scales.length; column++) scales[column] = norms[column] > 0 ? INTERCEPT_SHARE * ratio * norms[column] : 1;
}

function geometricMean(values: Float64Array): number {
  return values.length === 0 ? 1 : Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
