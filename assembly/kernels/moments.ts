// Moments and histogram of kernel values, block by block. A block is read twice (it is still in the cache): deviations are taken from its own
// mean, so that narrow distributions far from 0 keep their digits.
// Merging by Pébay, Sandia report SAND2008-6212 (2008), eqs. 1.1 and 1.2 with p = 2, 3.
import { INVALID_ARGUMENT, NOT_FINITE, OK } from "../status";

/** Of a set of values; of the empty one 0, 0, 0, 0, ∞, −∞. */
@unmanaged
export class Moments {
  count: f64;
  mean: f64;
  /** Σ(x − mean)² */
  squares: f64;
  /** Σ(x − mean)³ */
  cubes: f64;
  minimum: f64;
  maximum: f64;
}

/** Where values are counted. Four histograms lie side by side: the same bin twice in a row would wait for itself. */
@unmanaged
export class Histogram {
  /** lower edge of bin 0; values outside of the bins count in the first or last */
  from: f64;
  binsPerUnit: f64;
  bins: i32;
  /** u32 [4 × bins], to be added over the first index */
  counts: usize;
}

/** Σ x over consecutive values. */
function rangeSum(x: usize, end: usize): f64 {
  let sum = 0.0;
  if (ASC_FEATURE_SIMD) {
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    for (; x + 32 <= end; x += 32) {
      low = f64x2.add(low, v128.load(x));
      high = f64x2.add(high, v128.load(x, 16));
    }
    low = f64x2.add(low, high);
    sum = f64x2.extract_lane(low, 0) + f64x2.extract_lane(low, 1);
  }
  for (; x < end; x += 8) sum += load<f64>(x);
  return sum;
}

// @ts-ignore: decorator
@inline
function count(histogram: usize, bin: i32): void {
  const target = histogram + (<usize>bin << 2);
  store<u32>(target, load<u32>(target) + 1);
}

// @ts-ignore: decorator
@inline
function binOf(x: f64, from: f64, binsPerUnit: f64, lastBin: f64): i32 {
  return <i32>max(0.0, min(lastBin, (x - from) * binsPerUnit));
}

// @ts-ignore: decorator
@inline
function binPair(x: v128, from: f64, binsPerUnit: f64, lastBin: f64): v128 {
  const bin = f64x2.mul(f64x2.sub(x, f64x2.splat(from)), f64x2.splat(binsPerUnit));
  return i32x4.trunc_sat_f64x2_s_zero(f64x2.pmax(f64x2.pmin(bin, f64x2.splat(lastBin)), f64x2.splat(0)));
}

/** Adds deviations from `block.mean` of consecutive values to the block, and counts them. */
function addRange(x: usize, end: usize, block: Moments, histogram: Histogram): void {
  const mean = block.mean;
  const from = histogram.from;
  const binsPerUnit = histogram.binsPerUnit;
  const bins = histogram.bins;
  const counts = histogram.counts;
  const lastBin = <f64>(bins - 1);
  let second = block.squares;
  let third = block.cubes;
  let smallest = block.minimum;
  let largest = block.maximum;
  if (ASC_FEATURE_SIMD) {
    const bytes = <usize>bins << 2;
    const center = f64x2.splat(mean);
    let squares = f64x2.splat(0);
    let cubes = f64x2.splat(0);
    let low = f64x2.splat(smallest);
    let high = f64x2.splat(largest);
    for (; x + 32 <= end; x += 32) {
      const a = v128.load(x);
      const b = v128.load(x, 16);
      const da = f64x2.sub(a, center);
      const db = f64x2.sub(b, center);
      const sa = f64x2.mul(da, da);
      const sb = f64x2.mul(db, db);
      squares = f64x2.add(squares, f64x2.add(sa, sb));
      cubes = f64x2.add(cubes, f64x2.add(f64x2.mul(sa, da), f64x2.mul(sb, db)));
      low = f64x2.pmin(low, f64x2.pmin(a, b));
      high = f64x2.pmax(high, f64x2.pmax(a, b));
      const binsA = binPair(a, from, binsPerUnit, lastBin);
      const binsB = binPair(b, from, binsPerUnit, lastBin);
      count(counts, i32x4.extract_lane(binsA, 0));
      count(counts + bytes, i32x4.extract_lane(binsA, 1));
      count(counts + 2 * bytes, i32x4.extract_lane(binsB, 0));
      count(counts + 3 * bytes, i32x4.extract_lane(binsB, 1));
    }
    second += f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1);
    third += f64x2.extract_lane(cubes, 0) + f64x2.extract_lane(cubes, 1);
    smallest = min(f64x2.extract_lane(low, 0), f64x2.extract_lane(low, 1));
    largest = max(f64x2.extract_lane(high, 0), f64x2.extract_lane(high, 1));
  }
  for (; x < end; x += 8) {
    const value = load<f64>(x);
    const deviation = value - mean;
    second += deviation * deviation;
    third += deviation * deviation * deviation;
    smallest = min(smallest, value);
    largest = max(largest, value);
    count(counts, binOf(value, from, binsPerUnit, lastBin));
  }
  block.squares = second;
  block.cubes = third;
  block.minimum = smallest;
  block.maximum = largest;
}

/** all ∪ block, into `all`. */
function merge(all: Moments, block: Moments): void {
  const n = all.count;
  const added = block.count;
  const total = n + added;
  const shift = block.mean - all.mean;
  const second = all.squares;
  const secondAdded = block.squares;
  const share = n * added / total;
  const cubes = shift * shift * shift * share * ((n - added) / total) + 3.0 * shift * (n * secondAdded - added * second) / total;
  all.count = total;
  all.mean = all.mean + shift * added / total;
  all.squares = second + secondAdded + shift * shift * share;
  all.cubes = all.cubes + block.cubes + cubes;
  all.minimum = min(all.minimum, block.minimum);
  all.maximum = max(all.maximum, block.maximum);
}

/**
 * Adds a block of values to moments and histogram, one element per row left out where asked.
 * @param values f64 [rows × columns]
 * @param excluded i32 [rows]: column that is left out; negative: none
 * @param histogram Histogram, whose counts are added to; moments: Moments, added to; scratch: one more Moments
 */
export function addMoments(
  rows: i32, columns: i32, values: usize, excluded: usize, histogram: usize, moments: usize, scratch: usize,
): i32 {
  const bins = changetype<Histogram>(histogram);
  const block = changetype<Moments>(scratch);
  if (rows < 0 || columns < 0 || bins.bins < 1) return INVALID_ARGUMENT;
  const rowBytes = <usize>columns << 3;
  let sum = 0.0;
  let n = 0;
  for (let row = 0; row < rows; row++) {
    const start = values + <usize>row * rowBytes;
    const hole = load<i32>(excluded + (<usize>row << 2));
    if (hole >= columns) return INVALID_ARGUMENT;
    if (hole < 0) sum += rangeSum(start, start + rowBytes);
    else sum += rangeSum(start, start + (<usize>hole << 3)) + rangeSum(start + (<usize>(hole + 1) << 3), start + rowBytes);
    n += hole < 0 ? columns : columns - 1;
  }
  if (n == 0) return OK;
  const mean = sum / <f64>n;
  if (!isFinite<f64>(mean)) return NOT_FINITE;
  block.count = <f64>n;
  block.mean = mean;
  block.squares = 0;
  block.cubes = 0;
  block.minimum = Infinity;
  block.maximum = -Infinity;
  for (let row = 0; row < rows; row++) {
    const start = values + <usize>row * rowBytes;
    const hole = load<i32>(excluded + (<usize>row << 2));
    const end = start + rowBytes;
    if (hole < 0) addRange(start, end, block, bins);
    else {
      addRange(start, start + (<usize>hole << 3), block, bins);
      addRange(start + (<usize>(hole + 1) << 3), end, block, bins);
    }
  }
  merge(changetype<Moments>(moments), block);
  return OK;
}
