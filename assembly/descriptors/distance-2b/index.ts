// Pairs of two species: a row r^e for some exponents e, then the weight f(r) = f_cut(r) (erf(b r) / r)^p. Environments: an Environments
// record, tables: a DistanceTables. Rows are the pairs within the cutoff in their order, from the center whose pairs they are.
import { cosineCutoff, cosineCutoffSlope } from "../../math/cutoff";
import { erf } from "../../math/erf";
import { Environments } from "../../neighbors/environments";
import { INVALID_ARGUMENT, OK } from "../../status";

/** Parameters of `distance-2b`. */
@unmanaged
export class DistanceTables {
  /** Cosine cutoff function, Å */
  cosineStart: f64;
  cosineEnd: f64;
  /** b, 1/Å, and p of the tail; p = 0: none */
  tailRange: f64;
  tailExponent: f64;
  /** species indices of the two atoms; −1: any, −2: none of the data */
  first: i32;
  second: i32;
  nExponents: i32;
  /** i32 [nExponents] */
  exponents: usize;
}

/** Å: powers of shorter distances are those of this one, which keeps them finite. */
const SHORTEST: f64 = 0.01;

/** ofCenters: i32 [nCenters + 1], the first row of every center, written */
export function distanceRowCount(nCenters: i32, environments: usize, tables: usize, ofCenters: usize): i32 {
  const batch = changetype<Environments>(environments);
  const parameters = changetype<DistanceTables>(tables);
  if (nCenters < 0) return INVALID_ARGUMENT;
  let row = 0;
  for (let center = 0; center < nCenters; center++) {
    store<i32>(ofCenters + (<usize>center << 2), row);
    const end = endOf(batch, center);
    for (let pair = firstOf(batch, center); pair < end; pair++) row += i32(isRow(batch, parameters, center, pair));
  }
  store<i32>(ofCenters + (<usize>nCenters << 2), row);
  return OK;
}

/** offsets: i32 [nRows + 1], pairs: i32 [nRows], written */
export function distanceRows(nCenters: i32, environments: usize, tables: usize, offsets: usize, pairs: usize): i32 {
  const batch = changetype<Environments>(environments);
  const parameters = changetype<DistanceTables>(tables);
  if (nCenters < 0) return INVALID_ARGUMENT;
  let row = 0;
  for (let center = 0; center < nCenters; center++) {
    const end = endOf(batch, center);
    for (let pair = firstOf(batch, center); pair < end; pair++) {
      if (!isRow(batch, parameters, center, pair)) continue;
      store<i32>(offsets + (<usize>row << 2), row);
      store<i32>(pairs + (<usize>row << 2), pair);
      row++;
    }
  }
  store<i32>(offsets + (<usize>row << 2), row);
  return OK;
}

/** out: f64 [nRows][nExponents + 1] */
export function distanceValues(nCenters: i32, environments: usize, tables: usize, out: usize): i32 {
  const batch = changetype<Environments>(environments);
  const parameters = changetype<DistanceTables>(tables);
  if (nCenters < 0) return INVALID_ARGUMENT;
  const n = parameters.nExponents;
  for (let center = 0; center < nCenters; center++) {
    const end = endOf(batch, center);
    for (let pair = firstOf(batch, center); pair < end; pair++) {
      if (!isRow(batch, parameters, center, pair)) continue;
      const r = distanceOf(batch, pair);
      for (let k = 0; k < n; k++) {
        store<f64>(out, power(r, exponentOf(parameters, k)));
        out += 8;
      }
      store<f64>(out, cosineCutoff(r, parameters.cosineStart, parameters.cosineEnd) * tail(parameters, r));
      out += 8;
    }
  }
  return OK;
}

/** out: f64 [nRows][3][nExponents + 1] */
export function distanceJacobian(nCenters: i32, environments: usize, tables: usize, out: usize): i32 {
  const batch = changetype<Environments>(environments);
  const parameters = changetype<DistanceTables>(tables);
  if (nCenters < 0) return INVALID_ARGUMENT;
  const n = parameters.nExponents;
  const bytes = <usize>(n + 1) << 3;
  for (let center = 0; center < nCenters; center++) {
    const end = endOf(batch, center);
    for (let pair = firstOf(batch, center); pair < end; pair++) {
      if (!isRow(batch, parameters, center, pair)) continue;
      const r = distanceOf(batch, pair);
      for (let k = 0; k <= n; k++) {
        const slope = k < n ? powerSlope(r, exponentOf(parameters, k)) : weightSlope(parameters, r);
        for (let axis = 0; axis < 3; axis++) store<f64>(out + bytes * <usize>axis + (<usize>k << 3), slope * direction(batch, pair, axis));
      }
      out += 3 * bytes;
    }
  }
  return OK;
}

/** gradients: f64 [nRows][nExponents + 1]; out: f64 [nPairs][3], written for all pairs */
export function distanceBackward(nCenters: i32, environments: usize, tables: usize, gradients: usize, out: usize): i32 {
  const batch = changetype<Environments>(environments);
  const parameters = changetype<DistanceTables>(tables);
  if (nCenters < 0) return INVALID_ARGUMENT;
  const n = parameters.nExponents;
  for (let center = 0; center < nCenters; center++) {
    const end = endOf(batch, center);
    for (let pair = firstOf(batch, center); pair < end; pair++, out += 24) {
      let sum: f64 = 0;
      if (isRow(batch, parameters, center, pair)) {
        const r = distanceOf(batch, pair);
        for (let k = 0; k < n; k++, gradients += 8) sum += load<f64>(gradients) * powerSlope(r, exponentOf(parameters, k));
        sum += load<f64>(gradients) * weightSlope(parameters, r);
        gradients += 8;
      }
      for (let axis = 0; axis < 3; axis++) store<f64>(out + (<usize>axis << 3), sum * direction(batch, pair, axis));
    }
  }
  return OK;
}

// @ts-ignore: decorator
@inline
function firstOf(batch: Environments, center: i32): i32 {
  return load<i32>(batch.offsets + (<usize>center << 2));
}

// @ts-ignore: decorator
@inline
function endOf(batch: Environments, center: i32): i32 {
  return load<i32>(batch.offsets + (<usize>center << 2), 4);
}

// @ts-ignore: decorator
@inline
function distanceOf(batch: Environments, pair: i32): f64 {
  return load<f64>(batch.distances + (<usize>pair << 3));
}

/** One component of the unit vector to the neighbor; 0 for one at the center. */
// @ts-ignore: decorator
@inline
function direction(batch: Environments, pair: i32, axis: i32): f64 {
  const r = distanceOf(batch, pair);
  const d = load<f64>((axis == 0 ? batch.dx : axis == 1 ? batch.dy : batch.dz) + (<usize>pair << 3));
  return r > 0 ? d / r : 0;
}

// @ts-ignore: decorator
@inline
function exponentOf(tables: DistanceTables, k: i32): i32 {
  return load<i32>(tables.exponents + (<usize>k << 2));
}

// @ts-ignore: decorator
@inline
function matches(wanted: i32, species: i32): bool {
  return wanted == species || wanted == -1;
}

/** Whether a pair is within the cutoff and of the two species, in either order. */
function isRow(batch: Environments, tables: DistanceTables, center: i32, pair: i32): bool {
  const own = load<i32>(batch.centerSpecies + (<usize>center << 2));
  if (own < 0 || !(distanceOf(batch, pair) < tables.cosineEnd)) return false;
  const other = load<i32>(batch.neighborSpecies + (<usize>pair << 2));
  const straight = matches(tables.first, own) && matches(tables.second, other);
  return straight || (matches(tables.first, other) && matches(tables.second, own));
}

/** r^exponent by repeated squaring. */
function power(r: f64, exponent: i32): f64 {
  let base = max(r, SHORTEST);
  let result: f64 = 1;
  for (let left = abs(exponent); left > 0; left >>= 1) {
    if (left & 1) result *= base;
    base *= base;
  }
  return exponent < 0 ? 1 / result : result;
}

function powerSlope(r: f64, exponent: i32): f64 {
  return r < SHORTEST ? 0 : <f64>exponent * power(r, exponent - 1);
}

function tail(tables: DistanceTables, r: f64): f64 {
  const p = tables.tailExponent;
  if (p == 0) return 1;
  const x = max(r, SHORTEST);
  return Math.pow(erf(tables.tailRange * x) / x, p);
}

/** f′(r) */
function weightSlope(tables: DistanceTables, r: f64): f64 {
  const cutoff = cosineCutoff(r, tables.cosineStart, tables.cosineEnd);
  const slope = cosineCutoffSlope(r, tables.cosineStart, tables.cosineEnd);
  const p = tables.tailExponent;
  if (p == 0 || r < SHORTEST) return slope * tail(tables, r);
  const b = tables.tailRange;
  const base = erf(b * r) / r;
  const baseSlope = ((2 * b) / Math.sqrt(Math.PI)) * Math.exp(-(b * r) * (b * r)) / r - base / r;
  const below = Math.pow(base, p - 1);
  return slope * below * base + cutoff * p * below * baseSlope;
}
