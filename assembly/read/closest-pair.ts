// The two atoms of a structure that are closest against the sum of their radii, with periodic images. Here rather than with the neighbor
// lists: a file is looked at before anything is computed, by code that has to be fast when it runs for the first time.

/** What was found: the square of the distance, and the numbers of the two atoms. */
export const pair = memory.data(16, 8);

/**
 * From the host: lattice vectors (9), the inverse of their matrix (9), and how far beyond the faces images are looked for, as a fraction
 * of the cell (3); negative where the structure does not repeat.
 */
export const box = memory.data(8 * 21, 8);

/** Bytes for each point: place, radius, atom, row, order, and up to four offsets of rows. */
export const BYTES_PER_POINT: i32 = 24 + 8 + 4 + 4 + 4 + 16;

/** Up to here comparing all points takes less time than rows. */
const FEW_POINTS: i32 = 96;

/** Where the arrays begin: places (Å, 3 × maximum), then radii (maximum), then what the host does not need. */
export function pointArrays(): usize {
  return (__heap_base + 7) & ~7;
}

let places: usize = 0;
let radii: usize = 0;
let atoms: usize = 0;
let rows: usize = 0;
let order: usize = 0;
let offsets: usize = 0;

/** Of the best pair so far: the square of the distance over the sum of the radii. */
let least: f64 = 0;

/**
 * The memory holds the arrays for `maximum` points, with places and radii of the atoms.
 * @param reach longest distance of interest, Å
 * @param share of the sum of the radii, below which a distance is of interest
 * @returns 1 when a pair was found, 0 when there is none, -1 when there are more points than the maximum
 */
export function closestPair(nAtoms: i32, maximum: i32, reach: f64, share: f64): i32 {
  places = pointArrays();
  radii = places + 24 * <usize>maximum;
  atoms = radii + 8 * <usize>maximum;
  rows = atoms + 4 * <usize>maximum;
  order = rows + 4 * <usize>maximum;
  offsets = order + 4 * <usize>maximum;
  const count = placeImages(nAtoms, maximum);
  if (count < 0) return -1;
  const limit = share * share;
  least = limit;
  if (count <= FEW_POINTS) compareAll(nAtoms, count);
  else compareRows(count, reach);
  return least < limit ? 1 : 0;
}

/** Moves atoms into the cell and puts images that stand near a face behind them; the number of points, or -1. */
function placeImages(nAtoms: i32, maximum: i32): i32 {
  let count = nAtoms;
  for (let i = 0; i < nAtoms; i++) store<i32>(atoms + (<usize>i << 2), i);
  for (let axis = 0; axis < 3; axis++) {
    const margin = load<f64>(box + (<usize>(18 + axis) << 3));
    if (!(margin >= 0)) continue;
    const vector = box + 24 * <usize>axis;
    const inverse = box + 72 + 8 * <usize>axis;
    // images along earlier axes have images, too
    const known = count;
    for (let i = 0; i < known; i++) {
      const place = placeOf(i);
      const fraction = load<f64>(place) * load<f64>(inverse) + load<f64>(place, 8) * load<f64>(inverse, 24) + load<f64>(place, 16) * load<f64>(inverse, 48);
      const home = -floor(fraction);
      shift(place, place, vector, home);
      const at = fraction + home;
      for (let cells = ceil(-margin - at); cells <= 1 + margin - at; cells++) {
        if (cells == 0) continue;
        if (count == maximum) return -1;
        shift(placeOf(count), place, vector, cells);
        store<f64>(radii + (<usize>count << 3), radiusOf(i));
        store<i32>(atoms + (<usize>count << 2), atomOf(i));
        count++;
      }
    }
  }
  return count;
}

@inline
function shift(to: usize, from: usize, vector: usize, cells: f64): void {
  store<f64>(to, load<f64>(from) + cells * load<f64>(vector));
  store<f64>(to, load<f64>(from, 8) + cells * load<f64>(vector, 8), 8);
  store<f64>(to, load<f64>(from, 16) + cells * load<f64>(vector, 16), 16);
}

/** Every atom against every point behind it: images see each other as atoms see images. */
function compareAll(nAtoms: i32, count: i32): void {
  for (let i = 0; i < nAtoms; i++) {
    for (let j = i + 1; j < count; j++) compare(i, j);
  }
}

@inline
function compare(i: i32, j: i32): void {
  const a = placeOf(i);
  const b = placeOf(j);
  const x = load<f64>(b) - load<f64>(a);
  const y = load<f64>(b, 8) - load<f64>(a, 8);
  const z = load<f64>(b, 16) - load<f64>(a, 16);
  const squared = x * x + y * y + z * z;
  const sum = radiusOf(i) + radiusOf(j);
  if (squared >= least * sum * sum) return;
  least = squared / (sum * sum);
  store<f64>(pair, squared);
  store<i32>(pair, min(atomOf(i), atomOf(j)), 8);
  store<i32>(pair, max(atomOf(i), atomOf(j)), 12);
}

/**
 * By boxes as wide as the reach, in rows of a table of fixed size: boxes may share a row, distances tell them apart. Of two points one sees
 * the other.
 */
function compareRows(count: i32, reach: f64): void {
  const mask = sortIntoRows(count, reach);
  for (let i = 0; i < count; i++) {
    const place = placeOf(i);
    const x = boxAt(load<f64>(place), reach);
    const y = boxAt(load<f64>(place, 8), reach);
    const z = boxAt(load<f64>(place, 16), reach);
    for (let dx = 0; dx <= 1; dx++) {
      for (let dy = dx == 0 ? 0 : -1; dy <= 1; dy++) {
        for (let dz = dx == 0 && dy == 0 ? 0 : -1; dz <= 1; dz++) compareRow(i, rowOf(x + dx, y + dy, z + dz, mask));
      }
    }
  }
}

@inline
function compareRow(i: i32, row: i32): void {
  const end = load<i32>(offsets + (<usize>row << 2), 4);
  for (let at = load<i32>(offsets + (<usize>row << 2)); at < end; at++) {
    const j = load<i32>(order + (<usize>at << 2));
    if (j != i) compare(i, j);
  }
}

/** Fills `order` and `offsets`; the number of rows less 1, a power of two less 1. */
function sortIntoRows(count: i32, reach: f64): i32 {
  let size = 64;
  while (size < 2 * count) size <<= 1;
  const mask = size - 1;
  memory.fill(offsets, 0, 4 * <usize>(size + 1));
  for (let i = 0; i < count; i++) {
    const place = placeOf(i);
    const row = rowOf(boxAt(load<f64>(place), reach), boxAt(load<f64>(place, 8), reach), boxAt(load<f64>(place, 16), reach), mask);
    store<i32>(rows + (<usize>i << 2), row);
    const counter = offsets + (<usize>row << 2);
    store<i32>(counter, load<i32>(counter) + 1);
  }
  let sum = 0;
  for (let row = 0; row <= size; row++) {
    const counter = offsets + (<usize>row << 2);
    sum += load<i32>(counter);
    store<i32>(counter, sum);
  }
  // from the ends of the rows to their beginnings
  for (let i = count - 1; i >= 0; i--) {
    const counter = offsets + (<usize>load<i32>(rows + (<usize>i << 2)) << 2);
    const at = load<i32>(counter) - 1;
    store<i32>(counter, at);
    store<i32>(order + (<usize>at << 2), i);
  }
  return mask;
}

@inline
function boxAt(x: f64, width: f64): i32 {
  return <i32>floor(x / width);
}

@inline
function rowOf(x: i32, y: i32, z: i32, mask: i32): i32 {
  return ((x * 73856093) ^ (y * 19349663) ^ (z * 83492791)) & mask;
}

@inline
function placeOf(i: i32): usize {
  return places + 24 * <usize>i;
}

@inline
function radiusOf(i: i32): f64 {
  return load<f64>(radii + (<usize>i << 3));
}

@inline
function atomOf(i: i32): i32 {
  return load<i32>(atoms + (<usize>i << 2));
}
