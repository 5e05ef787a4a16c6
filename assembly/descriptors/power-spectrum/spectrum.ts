// Power spectrum p^l_{AB} = Σ_m c1_{lm,A} c2_{lm,B} of one center, copied to the feature order of the convention and normalised.
// The factor of each l is already in the radial tables.
import { dotProduct } from "../../linalg/vector";
import { broadcast, lanes, times } from "../../math/lanes";
import { outerProducts } from "../../math/outer-tile";
import { recordAt } from "../../records";
import { PowerSpectrumTables, ProductTriangle, Run } from "./tables";
import { leftCoefficients, rightCoefficients } from "./density";
import { productRow, projectProducts } from "./projection";

/** Rows per strip of the product: the height of the register tile. */
const STRIP: i32 = 3;

export function spectrumOfCenter<T>(tables: PowerSpectrumTables, state: usize, out: usize, scratch: usize): void {
  const lMax = tables.lMax;
  const row1 = <usize>tables.nLeft << 3;
  const row2 = <usize>tables.nRight << 3;
  const product = scratch + tables.productAt;
  const projected = tables.nProjection;
  const products = projected ? productRow(tables, 0, scratch) : out;
  let left = leftCoefficients(tables, state);
  let right = rightCoefficients(tables, state);
  for (let l = 0; l <= lMax; l++) {
    const count = l + l + 1;
    multiplyChannels<T>(tables, count, left, row1, right, row2, product);
    copyFeatures<T>(tables, l, product, row2, products);
    left += <usize>count * row1;
    right += <usize>count * row2;
  }
  if (projected) projectProducts(tables, products, out);
  store<f64>(state, tables.normalize ? normalize<T>(tables.nFeatures, out, tables.normFloor) : 0);
}

function multiplyChannels<T>(tables: PowerSpectrumTables, count: i32, left: usize, row1: usize, right: usize, row2: usize, product: usize): void {
  const k1 = tables.nLeft;
  const k2 = tables.nRight;
  const triangle = tables.triangle;
  for (let a = 0; a < k1; a += STRIP) {
    const rows = min(STRIP, k1 - a);
    let first = 0;
    let end = k2;
    if (triangle == ProductTriangle.upper) first = a & ~1;
    else if (triangle == ProductTriangle.blocks) first = a - (a % tables.nRadial);
    else if (triangle == ProductTriangle.lower) end = min(k2, (a + rows + 1) & ~1);
    const at = <usize>first << 3;
    outerProducts<T>(
      rows,
      end - first,
      count,
      left + (<usize>a << 3),
      row1,
      8,
      right + at,
      row2,
      product + <usize>a * row2 + at,
      row2,
      false,
    );
  }
}

function copyFeatures<T>(tables: PowerSpectrumTables, l: i32, product: usize, row2: usize, out: usize): void {
  const nRuns = tables.nRuns;
  const runs = tables.runs;
  for (let i = 0; i < nRuns; i++) {
    const run = recordAt<Run>(runs, i);
    const row = run.row;
    const column = run.column;
    const count = run.count;
    const factor = run.offDiagonal;
    const step = <usize>run.step << 3;
    let from = product + <usize>row * row2 + (<usize>column << 3);
    let to = out + (<usize>(run.feature + l * run.stepL) << 3);
    if (factor != 1) {
      for (let c = 0; c < count; c++) {
        store<f64>(to, load<f64>(from) * (row == column + c ? 1 : factor));
        from += 8;
        to += step;
      }
    } else if (step == 8) {
      let c = 0;
      for (; c + lanes<T>() <= count; c += lanes<T>()) {
        store<T>(to, load<T>(from));
        from += sizeof<T>();
        to += sizeof<T>();
      }
      for (; c < count; c++) {
        store<f64>(to, load<f64>(from));
        from += 8;
        to += 8;
      }
    } else {
      for (let c = 0; c < count; c++) {
        store<f64>(to, load<f64>(from));
        from += 8;
        to += step;
      }
    }
  }
}

/** Divides by the Euclidean norm and returns it; a vanishing vector (no neighbors, no center) stays as it is, for which it returns 0. */
function normalize<T>(n: i32, x: usize, floor: f64): f64 {
  const norm = Math.sqrt(dotProduct(n, x, x));
  if (norm <= floor) return 0;
  const inverse = 1 / norm;
  const factor = broadcast<T>(inverse);
  const end = x + (<usize>n << 3);
  for (; x + sizeof<T>() <= end; x += sizeof<T>()) store<T>(x, times<T>(load<T>(x), factor));
  if (x < end) store<f64>(x, load<f64>(x) * inverse);
  return norm;
}
