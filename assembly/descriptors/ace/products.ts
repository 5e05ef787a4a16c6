// Basic functions, products and features of one or two centers in the lanes of T, and the reverse pass.
import { broadcast, loadBroadcast, minusTimes, plus, times, timesPlus } from "../../math/lanes";
import { bytesOf, recordAt } from "../../records";
import { AceTables, BasicEntry, FinalEntry, ProductEntry } from "./tables";

/** Basic functions and products of the centers whose sums are at `first` and `second` (the same where there is one). */
export function fillNumbers<T>(tables: AceTables, first: usize, second: usize, scratch: usize): void {
  const numbers = scratch + tables.numbersAt;
  store<T>(numbers, broadcast<T>(1));
  store<T>(numbers, broadcast<T>(0), sizeof<T>());
  const nBasics = tables.nBasics;
  let to = numbers;
  for (let v = 1; v < nBasics; v++) {
    const entry = recordAt<BasicEntry>(tables.basics, v - 1);
    to += 2 * sizeof<T>();
    const real = <usize>entry.real << 3;
    const imaginary = <usize>entry.imaginary << 3;
    store<T>(to, times<T>(broadcast<T>(entry.realFactor), both<T>(first + real, second + real)));
    store<T>(to, times<T>(broadcast<T>(entry.imaginaryFactor), both<T>(first + imaginary, second + imaginary)), sizeof<T>());
  }
  const nProducts = tables.nProducts;
  for (let p = 0; p < nProducts; p++) {
    const entry = recordAt<ProductEntry>(tables.products, p);
    const a = numberAt<T>(numbers, entry.a);
    const b = numberAt<T>(numbers, entry.b);
    const ar = load<T>(a), ai = load<T>(a, sizeof<T>()), br = load<T>(b), bi = load<T>(b, sizeof<T>());
    to += 2 * sizeof<T>();
    store<T>(to, minusTimes<T>(ai, bi, times<T>(ar, br)));
    store<T>(to, timesPlus<T>(ai, br, times<T>(ar, bi)), sizeof<T>());
  }
}

/** Features of the lanes: one center to `out`, the other one behind it. */
export function storeFeatures<T>(tables: AceTables, count: i32, out: usize, scratch: usize): void {
  const numbers = scratch + tables.numbersAt;
  const nFeatures = tables.nFeatures;
  const second = out + (<usize>nFeatures << 3);
  let at = tables.finals;
  for (let f = 0; f < nFeatures; f++) {
    const end = tables.finals + <usize>load<i32>(tables.finalStarts + (<usize>f << 2), 4) * bytesOf<FinalEntry>();
    let sum = broadcast<T>(0);
    for (; at < end; at += bytesOf<FinalEntry>()) {
      const entry = changetype<FinalEntry>(at);
      const a = numberAt<T>(numbers, entry.a);
      const b = numberAt<T>(numbers, entry.b);
      const product = minusTimes<T>(load<T>(a, sizeof<T>()), load<T>(b, sizeof<T>()), times<T>(load<T>(a), load<T>(b)));
      sum = timesPlus<T>(broadcast<T>(entry.coefficient), product, sum);
    }
    const to = <usize>f << 3;
    if (isVector<T>()) {
      v128.store64_lane(out + to, sum, 0);
      if (count > 1) v128.store64_lane(second + to, sum, 1);
    } else {
      store<f64>(out + to, sum);
    }
  }
}

/**
 * Gradient by all numbers, then by the sums of each center. Numbers are there already.
 * @param gradients rows of features of the centers, one or two
 */
export function adjointNumbers<T>(tables: AceTables, gradients: usize, second: usize, scratch: usize): void {
  const numbers = scratch + tables.numbersAt;
  const adjoint = scratch + tables.adjointAt;
  memory.fill(adjoint, 0, <usize>(tables.nBasics + tables.nProducts) * 2 * sizeof<T>());
  const nFeatures = tables.nFeatures;
  let at = tables.finals;
  for (let f = 0; f < nFeatures; f++) {
    const end = tables.finals + <usize>load<i32>(tables.finalStarts + (<usize>f << 2), 4) * bytesOf<FinalEntry>();
    const gradient = both<T>(gradients + (<usize>f << 3), second + (<usize>f << 3));
    for (; at < end; at += bytesOf<FinalEntry>()) {
      const entry = changetype<FinalEntry>(at);
      const a = <usize>entry.a * 2 * sizeof<T>();
      const b = <usize>entry.b * 2 * sizeof<T>();
      const factor = times<T>(broadcast<T>(entry.coefficient), gradient);
      const ar = load<T>(numbers + a), ai = load<T>(numbers + a, sizeof<T>());
      const br = load<T>(numbers + b), bi = load<T>(numbers + b, sizeof<T>());
      store<T>(adjoint + a, timesPlus<T>(factor, br, load<T>(adjoint + a)));
      store<T>(adjoint + a, minusTimes<T>(factor, bi, load<T>(adjoint + a, sizeof<T>())), sizeof<T>());
      // after a, since b may be the same number
      store<T>(adjoint + b, timesPlus<T>(factor, ar, load<T>(adjoint + b)));
      store<T>(adjoint + b, minusTimes<T>(factor, ai, load<T>(adjoint + b, sizeof<T>())), sizeof<T>());
    }
  }
  for (let p = tables.nProducts - 1; p >= 0; p--) {
    const entry = recordAt<ProductEntry>(tables.products, p);
    const from = adjoint + <usize>(tables.nBasics + p) * 2 * sizeof<T>();
    const gr = load<T>(from), gi = load<T>(from, sizeof<T>());
    const a = <usize>entry.a * 2 * sizeof<T>();
    const b = <usize>entry.b * 2 * sizeof<T>();
    const ar = load<T>(numbers + a), ai = load<T>(numbers + a, sizeof<T>());
    const br = load<T>(numbers + b), bi = load<T>(numbers + b, sizeof<T>());
    store<T>(adjoint + a, plus<T>(load<T>(adjoint + a), timesPlus<T>(gr, br, times<T>(gi, bi))));
    store<T>(adjoint + a, plus<T>(load<T>(adjoint + a, sizeof<T>()), minusTimes<T>(gr, bi, times<T>(gi, br))), sizeof<T>());
    store<T>(adjoint + b, plus<T>(load<T>(adjoint + b), timesPlus<T>(gr, ar, times<T>(gi, ai))));
    store<T>(adjoint + b, plus<T>(load<T>(adjoint + b, sizeof<T>()), minusTimes<T>(gr, ai, times<T>(gi, ar))), sizeof<T>());
  }
}

/** Gradient by the sums of the center in one lane: [species][sum] at `out`. */
export function sumGradients<T>(tables: AceTables, lane: i32, bytes: usize, out: usize, scratch: usize): void {
  memory.fill(out, 0, bytes);
  const nBasics = tables.nBasics;
  let from = scratch + tables.adjointAt + (<usize>lane << 3);
  for (let v = 1; v < nBasics; v++) {
    const entry = recordAt<BasicEntry>(tables.basics, v - 1);
    from += 2 * sizeof<T>();
    const real = out + (<usize>entry.real << 3);
    const imaginary = out + (<usize>entry.imaginary << 3);
    store<f64>(real, load<f64>(real) + entry.realFactor * load<f64>(from));
    store<f64>(imaginary, load<f64>(imaginary) + entry.imaginaryFactor * load<f64>(from, sizeof<T>()));
  }
}

/** A number of each center in the lanes. */
// @ts-ignore: decorator
@inline
function both<T>(first: usize, second: usize): T {
  if (isVector<T>()) return v128.load64_lane(second, v128.load64_zero(first), 1);
  else return loadBroadcast<T>(first);
}

// @ts-ignore: decorator
@inline
function numberAt<T>(numbers: usize, index: i32): usize {
  return numbers + <usize>index * 2 * sizeof<T>();
}
