/** Quintic Hermite splines of several functions on one grid, for `assembly/descriptors/power-spectrum/radial.ts`. */
export interface HermiteTable {
  readonly nNodes: number;
  /** distance of the nodes */
  readonly step: number;
  /** [node][f, h f′, h² f″][function] */
  readonly data: Float64Array;
  /** Largest error found between the nodes, relative to the largest magnitude of each function. */
  readonly error: number;
}

/** Several functions at once, with their first two derivatives. */
export interface SmoothFunctions {
  evaluate(x: number, derivative: 0 | 1 | 2, out: Float64Array): void;
}

/**
 * Tabulates functions on [0, end] so finely that the spline is within `tolerance` (relative to the largest magnitude of each
 * function), as measured at three points in every interval. Stops earlier where the functions themselves carry rounding errors of
 * that size, because a finer grid does not help then; `error` says what was reached.
 */
export function hermiteTable(functions: SmoothFunctions, size: number, end: number, scale: number, tolerance: number): HermiteTable {
  let intervals = Math.max(8, Math.ceil((8 * end) / scale));
  let best: HermiteTable | undefined;
  for (;;) {
    const table = tabulate(functions, size, end, intervals);
    const error = measure(functions, table, size);
    if (best && error > 0.5 * best.error) return best;
    best = { ...table, error };
    if (error <= tolerance) return best;
    intervals = Math.ceil(intervals * Math.min(2, Math.max(1.3, Math.pow(error / tolerance, 1 / 6))));
  }
}

type Table = Omit<HermiteTable, "error">;

function tabulate(functions: SmoothFunctions, size: number, end: number, intervals: number): Table {
  const step = end / intervals;
  const data = new Float64Array((intervals + 1) * 3 * size);
  const row = new Float64Array(size);
  for (let node = 0; node <= intervals; node++) {
    for (const derivative of [0, 1, 2] as const) {
      functions.evaluate(node * step, derivative, row);
      const factor = step ** derivative;
      const at = (node * 3 + derivative) * size;
      for (let i = 0; i < size; i++) data[at + i] = row[i]! * factor;
    }
  }
  return { nNodes: intervals + 1, step, data };
}

function measure(functions: SmoothFunctions, table: Table, size: number): number {
  const largest = new Float64Array(size);
  const worst = new Float64Array(size);
  const exact = new Float64Array(size);
  const approximate = new Float64Array(size);
  for (let interval = 0; interval < table.nNodes - 1; interval++) {
    for (const t of [0.25, 0.5, 0.75]) {
      functions.evaluate((interval + t) * table.step, 0, exact);
      evaluateHermite(table, interval, t, size, approximate);
      for (let i = 0; i < size; i++) {
        largest[i] = Math.max(largest[i]!, Math.abs(exact[i]!));
        worst[i] = Math.max(worst[i]!, Math.abs(exact[i]! - approximate[i]!));
      }
    }
  }
  let error = 0;
  for (let i = 0; i < size; i++) if (largest[i]! > 0) error = Math.max(error, worst[i]! / largest[i]!);
  return error;
}

/** The spline itself, as the WebAssembly routines evaluate it. */
export function evaluateHermite(table: Table, interval: number, t: number, size: number, out: Float64Array): void {
  const u = 1 - t;
  const weights = [
    u ** 3 * (1 + t * (3 + 6 * t)),
    u ** 3 * t * (1 + 3 * t),
    0.5 * u ** 3 * t * t,
    t ** 3 * (1 + u * (3 + 6 * u)),
    -(t ** 3) * u * (1 + 3 * u),
    0.5 * t ** 3 * u * u,
  ];
  const at = interval * 3 * size;
  for (let i = 0; i < size; i++) {
    let sum = 0;
    for (let k = 0; k < 6; k++) sum += weights[k]! * table.data[at + k * size + i]!;
    out[i] = sum;
  }
}
