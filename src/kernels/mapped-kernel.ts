import { matrix, type Matrix, rowBlock } from "../linalg/matrix.js";
import type { Arena, Pointer } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import type { Directions, KernelBlock, KernelEvaluator, KernelType, RowFactors } from "./kernel.js";

type Allocate = (bytes: number) => Pointer;

/** Rows after a map. Its derivative at each of them is a symmetric matrix, so that directions and gradients go through it alike. */
interface MappedRows {
  /** f64 [n × nFeatures], stored without gaps */
  readonly rows: Matrix;
  /**
   * Derivative of the map at rows first … first + count − 1, times vectors.
   * @param groups i32 [count]: groups of three vectors of each row; 0: one vector each
   * @param from, to f64 [vectors × nFeatures], may be the same
   */
  derive(of: Pick<Directions, "first" | "count" | "nRows" | "groups">, from: Pointer, to: Pointer): void;
}

/** A function that every row goes through before a kernel compares it. */
export interface RowMap {
  /** On one thread. */
  apply(wasm: Wasm, x: Matrix, allocate: Allocate): MappedRows;
  /** Of one row, on the host. */
  onHost(x: ArrayLike<number>): ArrayLike<number>;
}

/** x_f · factors_f, or the same factor for all */
export function scaleMap(factors: readonly number[] | number): RowMap {
  const factorOf = (f: number): number => (typeof factors === "number" ? factors : factors[f]);
  return {
    apply(wasm, x, allocate) {
      const table = allocate(8 * x.columns);
      wasm.f64(table, x.columns).forEach((_, f, all) => (all[f] = factorOf(f)));
      const rows = matrix(allocate(8 * x.rows * x.columns), x.rows, x.columns);
      const scale = (nRows: number, from: Pointer, to: Pointer): void => void wasm.routines.scaleColumns(nRows, x.columns, from, 0, table, to);
      if (x.stride === x.columns) scale(x.rows, x.pointer, rows.pointer);
      else for (let i = 0; i < x.rows; i++) scale(1, rowBlock(x, i, 1).pointer, rowBlock(rows, i, 1).pointer);
      return { rows, derive: ({ nRows }, from, to) => scale(nRows, from, to) };
    },
    onHost: (x) => Array.from(x, (value, f) => factorOf(f) * value),
  };
}

/** x / |x| */
export const normalizeMap: RowMap = {
  apply(wasm, x, allocate) {
    const { columns: nFeatures } = x;
    const rows = matrix(allocate(8 * x.rows * nFeatures), x.rows, nFeatures);
    const inverses = allocate(8 * x.rows);
    wasm.routines.normalizeRows(x.rows, nFeatures, x.stride, x.pointer, rows.pointer, inverses);
    return {
      rows,
      derive: ({ first, count, groups }, from, to) =>
        wasm.routines.projectRows(count, nFeatures, groups, rows.pointer + 8 * first * nFeatures, inverses + 8 * first, from, to),
    };
  },
  onHost(x) {
    const length = Math.hypot(...Array.from(x));
    return Array.from(x, (value) => (length === 0 ? 0 : value / length));
  },
};

/**
 * The kernel k(f(x), f(x′)) of an inner kernel and maps of rows, the first of which comes first.
 * @param of the inner kernel's parameters, and the maps; without maps the inner kernel serves as it is
 */
export function mappedKernel<Parameters, Inner>(
  inner: KernelType<Inner>,
  of: (parameters: Parameters) => { readonly inner: Inner; readonly maps: readonly RowMap[] },
): Pick<KernelType<Parameters>, "attach" | "attachSeveral" | "preparePoints" | "value"> {
  const value = (parameters: Parameters, x: ArrayLike<number>, y: ArrayLike<number>): number => {
    const { inner: own, maps } = of(parameters);
    const onHost = (row: ArrayLike<number>): ArrayLike<number> => maps.reduce((mapped, map) => map.onHost(mapped), row);
    return inner.value(own, onHost(x), onHost(y));
  };
  const attach = (wasm: Wasm, parameters: Parameters): KernelEvaluator => {
    const { inner: own, maps } = of(parameters);
    const evaluator = inner.attach(wasm, own);
    return maps.length === 0 ? evaluator : new MappedEvaluator(wasm, evaluator, maps, (x) => value(parameters, x, x));
  };
  return {
    attach,
    attachSeveral(wasm, several) {
      const all = several.map(of);
      if (inner.attachSeveral && all.every(({ maps }) => maps.length === 0)) return inner.attachSeveral(wasm, all.map((one) => one.inner));
      const evaluators = several.map((parameters) => attach(wasm, parameters));
      return (x, y, outs, scratch) => evaluators.forEach((evaluator, k) => evaluator.matrix(x, y, outs[k], scratch));
    },
    preparePoints(wasm, points, gradients, allocate, parameters) {
      const { inner: own, maps } = of(parameters);
      const rows = maps.reduce((mapped, map) => map.apply(wasm, mapped, allocate).rows, points);
      return inner.preparePoints(wasm, rows, gradients, allocate, own);
    },
    value,
  };
}

class MappedEvaluator implements KernelEvaluator {
  readonly slopesPerValue: number;

  constructor(
    private readonly wasm: Wasm,
    private readonly inner: KernelEvaluator,
    private readonly maps: readonly RowMap[],
    private readonly ownValue: (x: Float64Array) => number,
  ) {
    this.slopesPerValue = inner.slopesPerValue;
  }

  matrix(x: Matrix, y: Matrix, out: Matrix, scratch: Arena): void {
    const mark = scratch.mark();
    this.inner.matrix(this.map(x, scratch).rows, this.map(y, scratch).rows, out, scratch);
    scratch.reset(mark);
  }

  diagonal({ pointer, rows: n, columns, stride }: Matrix): Float64Array {
    return Float64Array.from({ length: n }, (_, i) => this.ownValue(this.wasm.f64(pointer + 8 * i * stride, columns)));
  }

  evaluate(block: KernelBlock, scratch: Arena): void {
    const mark = scratch.mark();
    this.inner.evaluate({ ...block, rows: this.map(block.rows, scratch).rows }, scratch);
    scratch.reset(mark);
  }

  contract(block: KernelBlock, coefficients: Pointer, energies: Pointer, gradients: Pointer, scratch: Arena): void {
    const mark = scratch.mark();
    const { rows, steps } = this.map(block.rows, scratch);
    this.inner.contract({ ...block, rows }, coefficients, energies, gradients, scratch);
    const all = { first: 0, count: rows.rows, nRows: rows.rows, groups: 0 };
    if (gradients) for (const step of [...steps].reverse()) step.derive(all, gradients, gradients);
    scratch.reset(mark);
  }

  directional(block: KernelBlock, directions: Directions, products: Pointer, scratch: Arena): RowFactors {
    const { rows, steps } = this.map(block.rows, scratch);
    const pointer = scratch.f64(directions.nRows * rows.columns);
    steps.forEach((step, s) => step.derive(directions, s === 0 ? directions.pointer : pointer, pointer));
    return this.inner.directional({ ...block, rows }, { ...directions, pointer }, products, scratch);
  }

  private map(x: Matrix, scratch: Arena): { readonly rows: Matrix; readonly steps: readonly MappedRows[] } {
    const steps: MappedRows[] = [];
    let rows = x;
    for (const map of this.maps) {
      steps.push(map.apply(this.wasm, rows, (bytes) => scratch.allocate(bytes)));
      rows = steps.at(-1)!.rows;
    }
    return { rows, steps };
  }
}
