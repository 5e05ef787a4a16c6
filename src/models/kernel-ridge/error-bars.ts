import { kernelDerivatives } from "../../kernels/registry.js";
import { matrix } from "../../linalg/matrix.js";
import { solveTriangular } from "../../linalg/triangular.js";
import type { Arena } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { Prediction } from "../potential.js";
import type { DescribedRows } from "./described-rows.js";
import { addDerivativeKernels, type Stack, type StackedCenter } from "./derivative-kernel.js";
import type { ErrorBarTables, KernelRidgeTables, KernelRidgeTermTables } from "./tables.js";

/** Columns are solved for in strips of this many: any number of structures then has the bits of one alone. */
const STRIP = 8;

/** Kernels of a structure: k* with each structure of the training data, and k** with itself. */
export interface StructureKernels {
  /** size */
  readonly kernels: Float64Array;
  readonly own: number;
}

/** Variances of the energies of some structures, scale·(prior·k** − Σ_f weight·|L_f⁻¹ k*|²), eV². */
export function energyVariances(wasm: Wasm, { scale, prior, size, factors }: ErrorBarTables, structures: readonly StructureKernels[], scratch: Arena): number[] {
  const mark = scratch.mark();
  const columns = STRIP * Math.ceil(structures.length / STRIP);
  const x = matrix(scratch.f64(size * columns), size, columns);
  const values = wasm.f64(x.pointer, size * columns);
  const variances = structures.map(({ own }) => prior * own);
  for (const { weight, pointer } of factors) {
    values.fill(0);
    for (const [column, { kernels }] of structures.entries()) for (let row = 0; row < size; row++) values[row * columns + column] = kernels[row];
    solveTriangular(wasm, scratch, "lower", matrix(pointer, size, size), x);
    const squares = new Float64Array(columns);
    for (let row = 0, at = 0; row < size; row++) for (let column = 0; column < columns; column++, at++) squares[column] += values[at] ** 2;
    structures.forEach((_, column) => (variances[column] -= weight * squares[column]));
  }
  scratch.reset(mark);
  return variances.map((variance) => Math.max(0, scale * variance));
}

/** Variance of the energy with derivatives among the rows of the training data; for forces, too, where they are wanted. */
export function forceVariances(
  wasm: Wasm, { terms, errorBars }: KernelRidgeTables, described: readonly DescribedRows[], nAtoms: number, withForces: boolean, scratch: Arena,
): Pick<Prediction, "energyVariance" | "forceVariances"> {
  const { size, scale, factors } = errorBars!;
  const mark = scratch.mark();
  const count = withForces ? 1 + 3 * nAtoms : 1;
  const cross = new Float64Array(count * size);
  const own = new Float64Array(count * count);
  for (const [t, term] of terms.entries()) {
    const inner = scratch.mark();
    const { nFeatures } = term.descriptor;
    const stack = stackOf(wasm, term, described[t], withForces, scratch);
    const train: Stack = { ...term.stack!, nFeatures };
    const derivatives = kernelDerivatives(term.kernel)!;
    addDerivativeKernels(wasm, derivatives, stack, train, { values: cross, stride: size, firstRow: 0, firstColumn: 0 }, scratch);
    addDerivativeKernels(wasm, derivatives, stack, stack, { values: own, stride: count, firstRow: 0, firstColumn: 0 }, scratch);
    scratch.reset(inner);
  }
  const columns = matrix(scratch.f64(size * count), size, count);
  const values = wasm.f64(columns.pointer, size * count);
  for (let row = 0; row < count; row++) for (let s = 0; s < size; s++) values[s * count + row] = cross[row * size + s];
  solveTriangular(wasm, scratch, "lower", matrix(factors[0].pointer, size, size), columns);
  const variances = Float64Array.from({ length: count }, (_, row) => own[row * (count + 1)]);
  for (let s = 0; s < size; s++) for (let row = 0; row < count; row++) variances[row] -= values[s * count + row] ** 2;
  scratch.reset(mark);
  const positive = variances.map((variance) => Math.max(0, scale * variance));
  return { energyVariance: positive[0], ...(withForces ? { forceVariances: positive.slice(1) } : {}) };
}

/** Rows of a structure with their derivatives: the energy is number 0, the derivative of atom a along axis c number 1 + 3a + c. */
function stackOf(wasm: Wasm, { descriptor: { nFeatures }, stack: train }: KernelRidgeTermTables, described: DescribedRows, withForces: boolean, scratch: Arena): Stack {
  const jacobians = withForces ? described.jacobians(scratch) : [];
  const counts = Array.from({ length: described.nRows }, (_, row) => (withForces ? 3 * jacobians[row].atoms.length : 0));
  const rows = counts.reduce((sum, own) => sum + own + 1, 0);
  const pointer = scratch.f64(rows * nFeatures);
  const isByElement = train!.centers.some(({ kind }) => kind !== 0);
  const centers: StackedCenter[] = [];
  let first = 0;
  for (let row = 0; row < described.nRows; row++) {
    wasm.f64(pointer + 8 * first * nFeatures, nFeatures).set(wasm.f64(described.values + 8 * row * nFeatures, nFeatures));
    const jacobian = jacobians[row];
    if (withForces) wasm.f64(pointer + 8 * (first + 1) * nFeatures, counts[row] * nFeatures).set(wasm.f64(jacobian.rows, counts[row] * nFeatures));
    const derivatives = Int32Array.from({ length: counts[row] }, (_, d) => 1 + 3 * jacobian.atoms[Math.floor(d / 3)] + (d % 3));
    centers.push({ first, count: counts[row], kind: isByElement ? described.kinds[row] : 0, energy: 0, derivatives });
    first += 1 + counts[row];
  }
  return { pointer, rows, nFeatures, centers };
}
