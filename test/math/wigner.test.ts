import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clebschGordan } from "../../src/math/clebsch-gordan.js";
import { harmonicsTable } from "../../src/math/spherical-harmonics.js";
import { complexWignerD, type Rotation, wignerD } from "../../src/math/wigner.js";
import type { Executor } from "../../src/parallel/index.js";
import { withScratch } from "../../src/wasm/scratch.js";
import { randomRotation } from "../descriptors/systems.js";
import { expectClose, testExecutor } from "../expect.js";
import { randomSource } from "../linalg/dense.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const L = 20;
const improper = (rotation: Rotation): number[] => Array.from(rotation, (x) => -x);
const rotations: readonly (readonly number[])[] = [
  randomRotation(1), randomRotation(2), improper(randomRotation(3)), [1, 0, 0, 0, 1, 0, 0, 0, -1], [0, -1, 0, 1, 0, 0, 0, 0, 1], [0, 0, 1, 1, 0, 0, 0, 1, 0],
];

/** A B or A Bᵀ of 3 × 3 or (2l+1) × (2l+1) matrices. */
function product(a: ArrayLike<number>, b: ArrayLike<number>, transpose = false): number[] {
  const n = Math.sqrt(a.length);
  return Array.from({ length: n * n }, (_, at) => {
    const [row, column] = [Math.floor(at / n), at % n];
    let sum = 0;
    for (let k = 0; k < n; k++) sum += a[row * n + k] * (transpose ? b[column * n + k] : b[k * n + column]);
    return sum;
  });
}

/** Y_lm of two unit vectors, [lm][2] */
function harmonicsOf(vectors: readonly [readonly number[], readonly number[]]): Float64Array {
  const { wasm, pool } = executor;
  return withScratch(pool, (arena) => {
    const put = (values: ArrayLike<number>): number => {
      const pointer = arena.f64(values.length);
      wasm.f64(pointer, values.length).set(values);
      return pointer;
    };
    const [x, y, z] = [0, 1, 2].map((axis) => put(vectors.map((vector) => vector[axis]))) as [number, number, number];
    const out = arena.f64(2 * (L + 1) ** 2);
    wasm.routines.sphericalHarmonics(2, L, x, y, z, put(harmonicsTable(L)), out);
    return wasm.f64(out, 2 * (L + 1) ** 2).slice();
  });
}

const turned = (rotation: Rotation, vector: readonly number[]): number[] =>
  [0, 1, 2].map((row) => rotation[3 * row] * vector[0] + rotation[3 * row + 1] * vector[1] + rotation[3 * row + 2] * vector[2]);

describe("Wigner matrices of real spherical harmonics", () => {
  it("turn the harmonics of the program up to l = 20", () => {
    const random = randomSource(4);
    for (const rotation of rotations) {
      const raw = [0, 1].map(() => [random(), random(), random()]);
      const vectors = raw.map((v) => v.map((x) => x / Math.hypot(...v))) as [number[], number[]];
      const before = harmonicsOf(vectors);
      const after = harmonicsOf(vectors.map((v) => turned(rotation, v)) as [number[], number[]]);
      wignerD(L, rotation).forEach((matrix, l) => {
        const size = 2 * l + 1;
        for (let m = 0; m < size; m++) {
          const expected = [0, 0];
          for (let n = 0; n < size; n++) for (const p of [0, 1]) expected[p] += matrix[m * size + n] * before[2 * (l * l + n) + p];
          expectClose(after.slice(2 * (l * l + m), 2 * (l * l + m) + 2), expected, 2e-13);
        }
      });
    }
  });

  it("are orthogonal, and one for no rotation", () => {
    for (const rotation of [...rotations, [1, 0, 0, 0, 1, 0, 0, 0, 1]]) {
      wignerD(L, rotation).forEach((matrix) => {
        const n = Math.sqrt(matrix.length);
        const identity = Array.from({ length: n * n }, (_, at) => Number(at % (n + 1) === 0));
        expectClose(product(matrix, matrix, true), identity, 1e-13);
      });
    }
    const unit = wignerD(L, [1, 0, 0, 0, 1, 0, 0, 0, 1]);
    unit.forEach((matrix, l) => expect(matrix.every((x, at) => Math.abs(x - Number(at % (2 * l + 2) === 0)) < 1e-14)).toBe(true));
  });

  it("compose: D(R1 R2) = D(R1) D(R2)", () => {
    for (let k = 0; k + 1 < rotations.length; k++) {
      const [first, second] = [wignerD(L, rotations[k]), wignerD(L, rotations[k + 1])];
      wignerD(L, product(rotations[k], rotations[k + 1])).forEach((matrix, l) => expectClose(matrix, product(first[l], second[l]), 2e-13));
    }
  });

  it("has as many matrices as asked for", () => {
    expect(wignerD(0, rotations[0]).map((matrix) => [...matrix])).toEqual([[1]]);
    expect(wignerD(3, rotations[0]).map(({ length }) => length)).toEqual([1, 9, 25, 49]);
  });
});

describe("Wigner matrices of complex spherical harmonics", () => {
  it("are coupled by Clebsch–Gordan coefficients", () => {
    const matrices = complexWignerD(6, rotations[0]);
    const element = (l: number, m: number, n: number): [number, number] => {
      const at = (m + l) * (2 * l + 1) + n + l;
      return [matrices[l].real[at], matrices[l].imaginary[at]];
    };
    for (const [l1, l2, l] of [[1, 1, 2], [2, 1, 2], [3, 3, 4], [2, 4, 6]]) {
      for (let m = -l; m <= l; m++) {
        for (let n = -l; n <= l; n++) {
          const sum = [0, 0];
          for (let m1 = Math.max(-l1, m - l2); m1 <= Math.min(l1, m + l2); m1++) {
            for (let n1 = Math.max(-l1, n - l2); n1 <= Math.min(l1, n + l2); n1++) {
              const c =
                clebschGordan(2 * l1, 2 * m1, 2 * l2, 2 * (m - m1), 2 * l, 2 * m) * clebschGordan(2 * l1, 2 * n1, 2 * l2, 2 * (n - n1), 2 * l, 2 * n);
              const [a, b] = [element(l1, m1, n1), element(l2, m - m1, n - n1)];
              sum[0] += c * (a[0] * b[0] - a[1] * b[1]);
              sum[1] += c * (a[0] * b[1] + a[1] * b[0]);
            }
          }
          expectClose(sum, element(l, m, n), 1e-14);
        }
      }
    }
  });

  it("turn about z by phases: Y_lm(R r) = e^{imα} Y_lm(r)", () => {
    const angle = 0.7;
    const rotation = [Math.cos(angle), -Math.sin(angle), 0, Math.sin(angle), Math.cos(angle), 0, 0, 0, 1];
    complexWignerD(8, rotation).forEach(({ real, imaginary }, l) => {
      const size = 2 * l + 1;
      for (let m = -l; m <= l; m++) {
        const at = (m + l) * (size + 1);
        expectClose([real[at], imaginary[at]], [Math.cos(m * angle), Math.sin(m * angle)], 1e-14);
      }
    });
  });
});
