import { InvalidStructureError } from "../errors.js";

/** 3 × 3, row-major; rows are the lattice vectors in Å. */
export type Cell = ArrayLike<number>;

type Triple = readonly [number, number, number];

function row(cell: Cell, i: number): Triple {
  return [cell[3 * i], cell[3 * i + 1], cell[3 * i + 2]];
}

function cross(a: Triple, b: Triple): Triple {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

/** a·(b × c), Å³: negative for a left-handed cell. */
export function cellDeterminant(cell: Cell): number {
  return (
    cell[0] * (cell[4] * cell[8] - cell[5] * cell[7]) + cell[1] * (cell[5] * cell[6] - cell[3] * cell[8]) + cell[2] * (cell[3] * cell[7] - cell[4] * cell[6])
  );
}

function lengthOf(cell: Cell, i: number): number {
  const [x, y, z] = [cell[3 * i], cell[3 * i + 1], cell[3 * i + 2]];
  return Math.sqrt(x * x + y * y + z * z);
}

/** Volume in Å³. */
export function cellVolume(cell: Cell): number {
  return Math.abs(cellDeterminant(cell));
}

/** Whether the three vectors span no volume, relative to the product of their lengths. */
export function isSingular(cell: Cell): boolean {
  return !(cellVolume(cell) > 1e-10 * lengthOf(cell, 0) * lengthOf(cell, 1) * lengthOf(cell, 2));
}

function refuseSingular(cell: Cell, label: string): void {
  if (isSingular(cell)) {
    throw new InvalidStructureError(
      `${label}: the cell [${Array.from(cell).join(", ")}] is singular: its rows must be three independent lattice vectors`,
    );
  }
}

/**
 * Inverse matrix in 1/Å: fractional = cartesian · inverse (row vectors). Its columns are the reciprocal vectors without 2π.
 * @throws {InvalidStructureError} when the cell is singular
 */
export function inverseCell(cell: Cell, label = "structure"): Float64Array {
  refuseSingular(cell, label);
  const [a, b, c] = [row(cell, 0), row(cell, 1), row(cell, 2)];
  const determinant = cellDeterminant(cell);
  const columns = [cross(b, c), cross(c, a), cross(a, b)];
  const inverse = new Float64Array(9);
  for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) inverse[3 * i + j] = columns[j][i] / determinant;
  return inverse;
}

/**
 * Distances in Å between opposite faces: how far apart the periodic images of a lattice plane are.
 * @throws {InvalidStructureError} when the cell is singular
 */
export function cellHeights(cell: Cell, label = "structure"): Float64Array {
  const inverse = inverseCell(cell, label);
  return Float64Array.from([0, 1, 2], (j) => 1 / Math.hypot(inverse[j], inverse[3 + j], inverse[6 + j]));
}

/** Fractional coordinates of cartesian positions, both nAtoms × 3. */
export function fractionalPositions(cell: Cell, positions: ArrayLike<number>, label = "structure"): Float64Array {
  return multiplyRows(positions, inverseCell(cell, label));
}

/** Cartesian positions in Å of fractional coordinates, both nAtoms × 3. */
export function cartesianPositions(cell: Cell, fractional: ArrayLike<number>): Float64Array {
  return multiplyRows(fractional, cell);
}

/**
 * Positions moved by lattice vectors into the cell (fractional coordinates in [0, 1)) along periodic directions.
 * @throws {InvalidStructureError} when the cell is singular
 */
export function wrapPositions(cell: Cell, pbc: readonly boolean[], positions: ArrayLike<number>, label = "structure"): Float64Array {
  const fractional = fractionalPositions(cell, positions, label);
  const wrapped = Float64Array.from(positions);
  for (let atom = 0; 3 * atom < wrapped.length; atom++) {
    for (let k = 0; k < 3; k++) {
      const shift = pbc[k] ? Math.floor(fractional[3 * atom + k]) : 0;
      if (shift === 0) continue;
      for (let x = 0; x < 3; x++) wrapped[3 * atom + x] -= shift * cell[3 * k + x];
    }
  }
  return wrapped;
}

function multiplyRows(rows: ArrayLike<number>, matrix: ArrayLike<number>): Float64Array {
  const out = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i += 3) {
    for (let j = 0; j < 3; j++) out[i + j] = rows[i] * matrix[j] + rows[i + 1] * matrix[3 + j] + rows[i + 2] * matrix[6 + j];
  }
  return out;
}
