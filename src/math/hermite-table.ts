/** Nodes at even distances. */
export interface HermiteSegment {
  /** The first node, Å for functions of a distance */
  readonly start: number;
  /** At least 2 */
  readonly nNodes: number;
  /** distance of the nodes */
  readonly step: number;
  /** [node][f, h f′, h² f″][function] */
  readonly data: Float64Array;
}

/** Quintic Hermite splines of several functions on common nodes, which routines read (`assembly/math/hermite.ts`) once `placeHermiteTable` put them into their memory. */
export interface HermiteTable {
  /** number of functions */
  readonly size: number;
  /** from zero on, without gaps; functions may jump from one to the next */
  readonly segments: readonly HermiteSegment[];
  /** Largest error found between the nodes, relative to the largest magnitude of each function. */
  readonly error: number;
}

/** Several functions at once, with their first two derivatives. */
export interface SmoothFunctions {
  /** Writes the functions, or their first or second derivatives, at x. */
  evaluate(x: number, derivative: 0 | 1 | 2, out: Float64Array): void;
}

/** Functions that are smooth up to `end`, from the end of the piece before or zero. */
export interface SmoothPiece {
  /** Where it ends; the next one begins there. */
  readonly end: number;
  /** The same number of functions in every piece */
  readonly functions: SmoothFunctions;
}

/**
 * Tabulates functions so finely that the spline is within `tolerance` (relative to the largest magnitude of each function), as
 * measured in the middle of every interval, where a quintic spline is farthest off. Stops earlier where the functions themselves carry
 * rounding errors of that size, because a finer grid does not help then; `error` says what was reached.
 * @param scale the distance over which the functions change: the first guess is eight intervals in it
 */
export function hermiteTable(pieces: readonly SmoothPiece[], size: number, scale: number, tolerance: number): HermiteTable {
  const starts = pieces.map((_, i) => (i === 0 ? 0 : pieces[i - 1].end));
  const coarse = pieces.map(({ end, functions }, i) => {
    const intervals = Math.max(8, Math.ceil((8 * (end - starts[i])) / scale));
    return tabulate(functions, size, starts[i], end, intervals);
  });
  const largest = largestMagnitudes(coarse, size);
  const refined = pieces.map(({ functions }, i) => refine(functions, coarse[i], size, largest, tolerance));
  return { size, segments: refined.map(({ segment }) => segment), error: Math.max(...refined.map(({ error }) => error)) };
}

/** Nodes in the distance over which functions change, at errors from 1e-11 to 1e-12: SOAP takes up to 32, soap_turbo up to 62 (n and l from 8 to 12). */
const NODES_PER_SCALE = 70;

/** Bytes that a table of functions up to `range` takes at most once it is placed, without making it. `scale`: as for `hermiteTable`. */
export function estimateTableBytes(stride: number, range: number, scale: number): number {
  return 24 * stride * (NODES_PER_SCALE * Math.max(1, range / scale) + 10);
}

type Refined = { readonly segment: HermiteSegment; readonly error: number };

function refine(functions: SmoothFunctions, coarse: HermiteSegment, size: number, largest: Float64Array, tolerance: number): Refined {
  const { start } = coarse;
  const end = start + (coarse.nNodes - 1) * coarse.step;
  let segment = coarse;
  let best: Refined | undefined;
  for (;;) {
    const error = measure(functions, segment, size, largest);
    if (best && !(error < 0.5 * best.error)) return best;
    best = { segment, error };
    if (error <= tolerance) return best;
    // the error falls with the sixth power of the step
    const finer = Math.min(4, Math.max(1.3, 1.05 * Math.pow(error / tolerance, 1 / 6)));
    segment = tabulate(functions, size, start, end, Math.ceil((segment.nNodes - 1) * finer));
  }
}

function tabulate(functions: SmoothFunctions, size: number, start: number, end: number, intervals: number): HermiteSegment {
  const step = (end - start) / intervals;
  const data = new Float64Array((intervals + 1) * 3 * size);
  for (let node = 0; node <= intervals; node++) {
    for (const derivative of [2, 1, 0] as const) {
      const at = (node * 3 + derivative) * size;
      const row = data.subarray(at, at + size);
      functions.evaluate(start + node * step, derivative, row);
      const factor = step ** derivative;
      for (let i = 0; i < size; i++) row[i] *= factor;
    }
  }
  return { start, nNodes: intervals + 1, step, data };
}

function largestMagnitudes(segments: readonly HermiteSegment[], size: number): Float64Array {
  const largest = new Float64Array(size);
  for (const { nNodes, data } of segments) {
    for (let node = 0; node < nNodes; node++) {
      for (let i = 0; i < size; i++) largest[i] = Math.max(largest[i], Math.abs(data[node * 3 * size + i]));
    }
  }
  return largest;
}

function measure(functions: SmoothFunctions, segment: HermiteSegment, size: number, largest: Float64Array): number {
  const exact = new Float64Array(size);
  const approximate = new Float64Array(size);
  let error = 0;
  for (let interval = 0; interval < segment.nNodes - 1; interval++) {
    functions.evaluate(segment.start + (interval + 0.5) * segment.step, 0, exact);
    evaluateHermite(segment, interval, 0.5, size, approximate);
    for (let i = 0; i < size; i++) {
      const difference = Math.abs(exact[i] - approximate[i]);
      if (difference > error * largest[i] && largest[i] > 0) error = difference / largest[i];
    }
  }
  return error;
}

/** The spline itself, as the WebAssembly routines evaluate it, in interval `interval` at the share `t` of its length. */
export function evaluateHermite(segment: HermiteSegment, interval: number, t: number, size: number, out: Float64Array): void {
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
    for (let k = 0; k < 6; k++) sum += weights[k] * segment.data[at + k * size + i];
    out[i] = sum;
  }
}
