import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

/** Cells are drawn up to this many times the extent of their atoms, with so much (Å) around these. */
const MOST_OF_CELL = 3;
const ATOM_EXTENT = 4;

/** 3Dmol as installed with this package, below its license: every report is a redistribution. */
export async function viewerLibrary(): Promise<string> {
  const resolve = createRequire(import.meta.url).resolve;
  const [source, license] = await Promise.all(
    ["3dmol/build/3Dmol-min.js", "3dmol/LICENSE"].map((file) => readFile(resolve(file), "utf8")),
  );
  // The first comment of the source points to a file that a report does not have.
  return `/*!\n${license.trim().replaceAll("*/", "* /")}\n*/\n${source.replace(/^\/\*![^*]*\*\/\s*/, "")}`;
}

/** A box around a molecule that is many times larger would leave a dot of the atoms; one that does not repeat says nothing. */
export function isCellShown(cell: ArrayLike<number>, pbc: readonly boolean[], positions: ArrayLike<number>): boolean {
  if (!pbc.includes(true)) return false;
  const diagonal = Math.hypot(...[0, 1, 2].map((axis) => cell[axis] + cell[3 + axis] + cell[6 + axis]));
  const extents = [0, 1, 2].map((axis) => {
    const along = Array.from({ length: positions.length / 3 }, (_, atom) => positions[3 * atom + axis]);
    return along.reduce((a, b) => Math.max(a, b), -Infinity) - along.reduce((a, b) => Math.min(a, b), Infinity);
  });
  return diagonal < MOST_OF_CELL * (Math.hypot(...extents) + ATOM_EXTENT);
}
