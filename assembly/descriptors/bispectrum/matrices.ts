// From densities to the matrices U and back with gradients, two centers at once in the lanes of T.
import { broadcast, minus, times, timesPlus } from "../../math/lanes";
import { bytesOf, recordAt } from "../../records";
import { BispectrumTables, MatrixElement, MatrixEntry } from "./tables";

/** Numbers of two centers side by side; `count` even. */
export function interleave<T>(count: i32, first: usize, second: usize, out: usize): void {
  const end = first + (<usize>count << 3);
  if (isVector<T>()) {
    for (; first < end; first += 16, second += 16, out += 32) {
      const p = v128.load(first);
      const q = v128.load(second);
      v128.store(out, v128.shuffle<u64>(p, q, 0, 2));
      v128.store(out, v128.shuffle<u64>(p, q, 1, 3), 16);
    }
  } else memory.copy(out, first, <usize>count << 3);
}

/** The numbers of one lane. */
export function lane<T>(count: i32, index: i32, from: usize, out: usize): void {
  from += <usize>index << 3;
  for (let i = 0; i < count; i++) store<f64>(out + (<usize>i << 3), load<f64>(from + <usize>i * sizeof<T>()));
}

/** U of every element from the densities at `densityAt`. */
export function fillMatrices<T>(tables: BispectrumTables, scratch: usize): void {
  const nElements = tables.nElements;
  const count = tables.nMatrixElements;
  const entries = tables.matrixEntries;
  let density = scratch + tables.densityAt;
  let matrices = scratch + tables.matricesAt;
  for (let element = 0; element < nElements; element++) {
    for (let i = 0; i < count; i++) {
      const target = recordAt<MatrixElement>(tables.matrixElements, i);
      const end = entries + <usize>target.end * bytesOf<MatrixEntry>();
      let real = broadcast<T>(0);
      let imaginary = broadcast<T>(0);
      for (let at = entries + <usize>target.first * bytesOf<MatrixEntry>(); at < end; at += bytesOf<MatrixEntry>()) {
        const entry = changetype<MatrixEntry>(at);
        real = timesPlus<T>(broadcast<T>(entry.real), load<T>(density + <usize>entry.fromReal * sizeof<T>()), real);
        imaginary = timesPlus<T>(broadcast<T>(entry.imaginary), load<T>(density + <usize>entry.fromImaginary * sizeof<T>()), imaginary);
      }
      const to = matrices + <usize>target.to * 2 * sizeof<T>();
      store<T>(to, real);
      store<T>(to, imaginary, sizeof<T>());
      if (target.mirror >= 0) {
        const sign = broadcast<T>(<f64>target.sign);
        const mirror = matrices + <usize>target.mirror * 2 * sizeof<T>();
        store<T>(mirror, times<T>(sign, real));
        store<T>(mirror, minus<T>(broadcast<T>(0), times<T>(sign, imaginary)), sizeof<T>());
      }
    }
    density += <usize>tables.nCoefficients * sizeof<T>();
    matrices += <usize>tables.nMatrix * 2 * sizeof<T>();
  }
}

/** Adds the gradient by the density of one element: matrix elements first … end − 1, Y on the half that is no mirror image. */
export function densityGradients<T>(tables: BispectrumTables, first: i32, end: i32, adjoint: usize, gradient: usize): void {
  const entries = tables.matrixEntries;
  for (let i = first; i < end; i++) {
    const target = recordAt<MatrixElement>(tables.matrixElements, i);
    const y = adjoint + <usize>target.to * 2 * sizeof<T>();
    const real = load<T>(y);
    const imaginary = load<T>(y, sizeof<T>());
    const last = entries + <usize>target.end * bytesOf<MatrixEntry>();
    for (let at = entries + <usize>target.first * bytesOf<MatrixEntry>(); at < last; at += bytesOf<MatrixEntry>()) {
      const entry = changetype<MatrixEntry>(at);
      const byReal = gradient + <usize>entry.fromReal * sizeof<T>();
      store<T>(byReal, timesPlus<T>(broadcast<T>(entry.real), real, load<T>(byReal)));
      const byImaginary = gradient + <usize>entry.fromImaginary * sizeof<T>();
      store<T>(byImaginary, timesPlus<T>(broadcast<T>(entry.imaginary), imaginary, load<T>(byImaginary)));
    }
  }
}
