// The same operations in the same order as src/structures/cell.ts, so that both decide alike.

@inline
function at(cell: usize, i: i32): f64 {
  return load<f64>(cell + (i << 3));
}

function lengthOf(cell: usize, i: i32): f64 {
  const x = at(cell, 3 * i);
  const y = at(cell, 3 * i + 1);
  const z = at(cell, 3 * i + 2);
  return sqrt(x * x + y * y + z * z);
}

export function cellVolume(cell: usize): f64 {
  const determinant =
    at(cell, 0) * (at(cell, 4) * at(cell, 8) - at(cell, 5) * at(cell, 7)) +
    at(cell, 1) * (at(cell, 5) * at(cell, 6) - at(cell, 3) * at(cell, 8)) +
    at(cell, 2) * (at(cell, 3) * at(cell, 7) - at(cell, 4) * at(cell, 6));
  return abs(determinant);
}

/** Whether the three vectors span no volume, relative to the product of their lengths. */
export function isSingular(cell: usize): bool {
  return !(cellVolume(cell) > 1e-10 * lengthOf(cell, 0) * lengthOf(cell, 1) * lengthOf(cell, 2));
}
