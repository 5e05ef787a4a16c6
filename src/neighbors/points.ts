import { InvalidStructureError } from "../errors.js";
import type { Pointer } from "../wasm/memory.js";
import type { Bounds } from "./grid.js";
import type { Frame } from "./lattice.js";

/** Centers as they enter the search. */
export interface Centers {
  /** i32, atom of each center or −1 */
  readonly atoms: Pointer;
  readonly offsets: Pointer;
  readonly count: number;
  /** Å: positions of the centers, or null where they are all the atoms */
  readonly positions: Float64Array | null;
}

/** Range of the coordinates along the directions that are not periodic. */
export function findBounds(frame: Frame, positions: Float64Array, others: Float64Array | null): Bounds {
  const low: [number, number, number] = [0, 0, 0];
  const high: [number, number, number] = [0, 0, 0];
  for (let axis = 0; axis < 3; axis++) {
    if (frame.periodic[axis] || positions.length === 0) continue;
    const [a, b, c] = [frame.inverse[axis], frame.inverse[3 + axis], frame.inverse[6 + axis]];
    [low[axis], high[axis]] = [Infinity, -Infinity];
    for (const points of others ? [positions, others] : [positions]) {
      for (let p = 0; p < points.length; p += 3) {
        const u = points[p] * a + points[p + 1] * b + points[p + 2] * c;
        if (u < low[axis]) low[axis] = u;
        if (u > high[axis]) high[axis] = u;
      }
    }
    if (!(high[axis] - low[axis] < Infinity)) throw badPosition(positions, others);
  }
  return { low, high };
}

/** What is wrong with positions that a routine refused. */
export function badPosition(positions: Float64Array, others: Float64Array | null): InvalidStructureError {
  const allowed = "positions must be finite, and within 10⁶ lattice vectors of the cell";
  for (const [points, name] of [[positions, "atom"], [others ?? new Float64Array(0), "center"]] as const) {
    const bad = points.findIndex((value) => !Number.isFinite(value));
    if (bad < 0) continue;
    const index = Math.floor(bad / 3);
    return new InvalidStructureError(`${name} ${index} (from 0) is at ${points.slice(index * 3, index * 3 + 3).join(" ")}: ${allowed}`);
  }
  return new InvalidStructureError(`an atom is too far from the cell: ${allowed}; wrap the positions into the cell`);
}

/** Names the atom that is at the position of `atom`, images counted: the closest one. */
export function coincidence(frame: Frame, positions: Float64Array, atom: number): InvalidStructureError {
  let [closest, lowest] = [-1, Infinity];
  for (let other = 0; other < positions.length / 3; other++) {
    if (other === atom) continue;
    const d = [0, 1, 2].map((k) => positions[3 * other + k] - positions[3 * atom + k]);
    const shifts = [0, 1, 2].map((axis) => {
      if (!frame.periodic[axis]) return 0;
      return Math.round(d[0] * frame.inverse[axis] + d[1] * frame.inverse[3 + axis] + d[2] * frame.inverse[6 + axis]);
    });
    const image = d.map((x, k) => x - shifts[0] * frame.basis[k] - shifts[1] * frame.basis[3 + k] - shifts[2] * frame.basis[6 + k]);
    const distance = Math.hypot(...image);
    if (distance < lowest) [closest, lowest] = [other, distance];
  }
  return new InvalidStructureError(
    `atoms ${Math.min(atom, closest)} and ${Math.max(atom, closest)} (from 0) are ${lowest.toExponential(1)} Å apart, periodic images ` +
      "counted; atoms must be at least 10⁻⁶ Å apart: remove one of them or correct the cell",
  );
}
