/** Points in groups of neighbors. */
export interface Partition {
  /** Which point comes where: those of a group one after the other. */
  readonly order: Int32Array;
  /** Where groups begin in the order, and one after the last. */
  readonly offsets: Int32Array;
}

/**
 * Groups of at most `size` points that lie close together: a k-d tree (Bentley, Commun. ACM 18, 509 (1975), doi:10.1145/361002.361007), each time cut
 * at the middle of the coordinate in which the points spread most.
 * @param points n × columns
 */
export function partition(points: Float64Array, columns: number, size: number): Partition {
  const n = points.length / columns;
  const order = Int32Array.from({ length: n }, (_, i) => i);
  const offsets: number[] = [];
  const parts: [number, number][] = n > 0 ? [[0, n]] : [];
  for (let part = parts.pop(); part; part = parts.pop()) {
    const [first, last] = part;
    const groups = Math.ceil((last - first) / size);
    if (groups === 1) {
      offsets.push(first);
      continue;
    }
    const axis = widestAxis(points, columns, order.subarray(first, last));
    order.subarray(first, last).sort((a, b) => points[a * columns + axis] - points[b * columns + axis] || a - b);
    const middle = first + Math.round(((last - first) * (groups >> 1)) / groups);
    parts.push([middle, last], [first, middle]);
  }
  return { order, offsets: Int32Array.from([...offsets, n]) };
}

function widestAxis(points: Float64Array, columns: number, members: Int32Array): number {
  let [widest, axis] = [-1, 0];
  for (let c = 0; c < columns; c++) {
    let [low, high] = [Infinity, -Infinity];
    for (const i of members) {
      const value = points[i * columns + c];
      if (value < low) low = value;
      if (value > high) high = value;
    }
    if (high - low > widest) [widest, axis] = [high - low, c];
  }
  return axis;
}

/** Lowest and highest coordinates of each group: groups × 2 × columns, the lowest first. */
export function boxes(points: Float64Array, columns: number, offsets: Int32Array): Float64Array {
  const out = new Float64Array((offsets.length - 1) * 2 * columns);
  for (let group = 0; group + 1 < offsets.length; group++) {
    const [low, high] = [out.subarray(2 * group * columns, (2 * group + 1) * columns), out.subarray((2 * group + 1) * columns, (2 * group + 2) * columns)];
    low.fill(Infinity);
    high.fill(-Infinity);
    for (let at = offsets[group] * columns; at < offsets[group + 1] * columns; at++) {
      const c = at % columns;
      if (points[at] < low[c]) low[c] = points[at];
      if (points[at] > high[c]) high[c] = points[at];
    }
  }
  return out;
}

/** Square of the shortest distance between two boxes. */
export function boxSquare(all: Float64Array, columns: number, a: number, b: number): number {
  const [ofA, ofB] = [2 * a * columns, 2 * b * columns];
  let sum = 0;
  for (let c = 0; c < columns; c++) {
    const gap = Math.max(all[ofA + c] - all[ofB + columns + c], all[ofB + c] - all[ofA + columns + c]);
    if (gap > 0) sum += gap * gap;
  }
  return sum;
}
