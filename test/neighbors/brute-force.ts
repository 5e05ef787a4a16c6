// The readable twin of the neighbor list: every pair, every image that could matter.
export interface BruteInput {
  readonly positions: ArrayLike<number>;
  readonly cell: ArrayLike<number> | null;
  readonly pbc: readonly [boolean, boolean, boolean];
  readonly cutoff: number;
  /** Å, n × 3 and the atom each is, or −1 */
  readonly centers: { readonly positions: ArrayLike<number>; readonly atoms: ArrayLike<number> };
}

export interface Pair {
  readonly center: number;
  readonly neighbor: number;
  readonly shift: readonly [number, number, number];
  readonly displacement: readonly [number, number, number];
  readonly distance: number;
}

type Vector = [number, number, number];

function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/** The given row in periodic directions; elsewhere a unit vector at right angles to the rows so far. */
function rowsOf(cell: ArrayLike<number> | null, pbc: readonly boolean[]): Vector[] {
  const rows: (Vector | null)[] = [0, 1, 2].map((k) => (cell && pbc[k] ? [cell[3 * k], cell[3 * k + 1], cell[3 * k + 2]] : null));
  for (let k = 0; k < 3; k++) {
    if (rows[k]) continue;
    const others = rows.filter((row) => row !== null);
    let candidates: Vector[] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];
    if (others.length === 2) candidates = [cross(others[0], others[1])];
    if (others.length === 1) candidates = candidates.map((v) => cross(others[0], v));
    const longest = candidates.reduce((best, v) => (Math.hypot(...v) > Math.hypot(...best) ? v : best));
    rows[k] = longest.map((x) => x / Math.hypot(...longest)) as Vector;
  }
  return rows as Vector[];
}

export function bruteForcePairs(input: BruteInput): Pair[] {
  const { positions, pbc, cutoff, centers } = input;
  const rows = rowsOf(input.cell, pbc) as [Vector, Vector, Vector];
  const volume = dot(rows[0], cross(rows[1], rows[2]));
  const normals = [cross(rows[1], rows[2]), cross(rows[2], rows[0]), cross(rows[0], rows[1])].map((n) => n.map((x) => x / volume) as Vector);
  const pairs: Pair[] = [];
  for (let c = 0; c < centers.atoms.length; c++) {
    for (let j = 0; j < positions.length / 3; j++) {
      const d = [0, 1, 2].map((k) => positions[3 * j + k] - centers.positions[3 * c + k]) as Vector;
      const [first, second, third] = normals.map((n, axis) => {
        if (!pbc[axis]) return [0, 0] as const;
        const reach = cutoff * Math.hypot(...n);
        return [Math.floor(-dot(n, d) - reach) - 1, Math.ceil(-dot(n, d) + reach) + 1] as const;
      }) as [readonly [number, number], readonly [number, number], readonly [number, number]];
      for (let a = first[0]; a <= first[1]; a++)
        for (let b = second[0]; b <= second[1]; b++)
          for (let e = third[0]; e <= third[1]; e++) {
            if (centers.atoms[c] === j && a === 0 && b === 0 && e === 0) continue;
            const displacement = [0, 1, 2].map((k) => d[k] + a * rows[0][k] + b * rows[1][k] + e * rows[2][k]) as Vector;
            const distance = Math.hypot(...displacement);
            if (distance < cutoff) pairs.push({ center: c, neighbor: j, shift: [a, b, e], displacement, distance });
          }
    }
  }
  return pairs;
}
