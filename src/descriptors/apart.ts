import { InvalidStructureError } from "../errors.js";
import { buildNeighborList } from "../neighbors/neighbor-list.js";
import type { Arena } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import type { SpeciesStructure } from "./structure-descriptor.js";

/** Å: what diverges where atoms coincide says nothing of atoms closer than this. */
export const CLOSEST = 0.05;

/**
 * Makes sure that no two atoms coincide, images included.
 * @throws {InvalidStructureError} naming two atoms closer than 0.05 Å
 */
export function requireApart(wasm: Wasm, scratch: Arena, { positions, cell, pbc }: SpeciesStructure): void {
  const mark = scratch.mark();
  const { nPairs, nAtoms, offsets, neighborAtoms, distances } = buildNeighborList(wasm, scratch, { positions, nAtoms: positions.length / 3, cell, pbc, cutoff: CLOSEST });
  if (nPairs > 0) {
    const atom = wasm.i32(offsets, nAtoms + 1).findIndex((_, i, ends) => ends[i + 1] > 0);
    const [other] = wasm.i32(neighborAtoms, 1);
    const [distance] = wasm.f64(distances, 1);
    throw new InvalidStructureError(
      `atoms ${atom} and ${other} (from 0) are ${distance.toFixed(4)} Å apart; atoms must be at least ${CLOSEST} Å apart here: remove one of them or correct the cell`,
    );
  }
  scratch.reset(mark);
}
