// Columns as functions of the eigenvalues, and what stands before the derivatives of these. Eigenvalues are in ascending order where they come
// with vectors, in descending order where they come alone; sums do not mind.
import { OverlapTables, SpectrumForm } from "./tables";

/** Eigenvalues closer than this, relative to the largest, count as one: their vectors are any of their span. */
const DEGENERATE: f64 = 1e-9;

// @ts-ignore: decorator
@inline
function element(x: usize, i: i32): usize {
  return x + ((<usize>i) << 3);
}

/** The columns of a center: out f64 [nFeatures] from n eigenvalues in descending order. */
export function columnsOf(n: i32, values: usize, tables: OverlapTables, out: usize): void {
  memory.fill(out, 0, (<usize>tables.nFeatures) << 3);
  for (let k = 0; k < n; k++) {
    // overlaps of functions have none below zero, but for rounding
    const value = max(0, load<f64>(element(values, k)));
    if (tables.form == SpectrumForm.eigenvalues) store<f64>(element(out, k), value);
    else addFunctions(value, tables, out);
  }
}

function addFunctions(value: f64, tables: OverlapTables, out: usize): void {
  let power = value;
  for (let c = 0; c < tables.nFeatures; c++) {
    let term = power;
    if (tables.form == SpectrumForm.moments) power *= value;
    else {
      const apart = value - load<f64>(element(tables.places, c));
      term = value * Math.exp(-tables.sharpness * apart * apart);
    }
    store<f64>(element(out, c), load<f64>(element(out, c)) + term);
  }
}

/** Derivatives of the functions of one eigenvalue by it: out f64 [nFeatures]. */
export function functionSlopes(given: f64, tables: OverlapTables, out: usize): void {
  const value = max(0, given);
  let power = 1.0;
  for (let c = 0; c < tables.nFeatures; c++) {
    let slope = <f64>(c + 1) * power;
    if (tables.form == SpectrumForm.moments) power *= value;
    else {
      const apart = value - load<f64>(element(tables.places, c));
      slope = (1 - 2 * tables.sharpness * value * apart) * Math.exp(-tables.sharpness * apart * apart);
    }
    store<f64>(element(out, c), slope);
  }
}

/** The end of the block of equal eigenvalues, ascending, that begins with number `first`. */
export function blockEnd(first: i32, n: i32, values: usize): i32 {
  const near = DEGENERATE * max(abs(load<f64>(values)), abs(load<f64>(element(values, n - 1))));
  let end = first + 1;
  while (end < n && load<f64>(element(values, end)) - load<f64>(element(values, end - 1)) <= near) end++;
  return end;
}

/** Replaces numbers of ascending eigenvalues by their means over blocks of equal ones. */
export function averageBlocks(n: i32, values: usize, numbers: usize): void {
  for (let first = 0; first < n; ) {
    const end = blockEnd(first, n, values);
    let sum = 0.0;
    for (let k = first; k < end; k++) sum += load<f64>(element(numbers, k));
    for (let k = first; k < end; k++) store<f64>(element(numbers, k), sum / <f64>(end - first));
    first = end;
  }
}

/** ∂E/∂λ of ascending eigenvalues from ∂E/∂column; row: f64 [nFeatures], scratch. */
export function eigenvalueGradients(n: i32, values: usize, tables: OverlapTables, gradients: usize, row: usize, out: usize): void {
  for (let k = 0; k < n; k++) {
    let gradient = 0.0;
    if (tables.form == SpectrumForm.eigenvalues) gradient = load<f64>(element(gradients, n - 1 - k));
    else {
      functionSlopes(load<f64>(element(values, k)), tables, row);
      for (let c = 0; c < tables.nFeatures; c++) gradient += load<f64>(element(gradients, c)) * load<f64>(element(row, c));
    }
    store<f64>(element(out, k), gradient);
  }
  if (tables.form == SpectrumForm.eigenvalues) averageBlocks(n, values, out);
}
