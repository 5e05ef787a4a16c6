import type { CenterRange } from "../../environments/geometry.js";
import { type PlacedActiveRows, gradeRows } from "../../linalg/active-rows.js";
import { type Matrix, matrix } from "../../linalg/matrix.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { LinearTermTables } from "./tables.js";

/** Hears of the columns φ of atoms, term by term. */
export interface ColumnObserver {
  /** @param columns f64 [atoms × width], φ of some atoms for the columns from `firstColumn` on */
  add(atoms: Int32Array, columns: Pointer, width: number, firstColumn: number, scratch: Arena): void;
}

/** Columns of all terms that a center of the species has, without a constant. */
export function speciesWidth(terms: readonly Pick<LinearTermTables, "blocks" | "width">[], species: number): number {
  return terms.reduce((sum, { blocks, width }) => sum + (blocks.includes(species) ? width : 0), 0);
}

/** Rows φ of the atoms of a range, by species: columns of all terms of the species side by side. */
export class SpeciesRows implements ColumnObserver {
  private readonly bySpecies: readonly { readonly atoms: number[]; readonly rows: Matrix }[];
  private readonly rowOf: Int32Array;
  /** Column of a row and species, by first column among all. */
  private readonly places = new Map<number, { readonly species: number; readonly column: number }>();

  /**
   * @param species index of the species of every atom of the structure
   * @param scratch the rows are in it
   */
  constructor(
    private readonly wasm: Wasm,
    { terms, nSpecies }: { readonly terms: readonly LinearTermTables[]; readonly nSpecies: number },
    species: Int32Array,
    range: CenterRange,
    scratch: Arena,
  ) {
    this.rowOf = new Int32Array(species.length);
    const atoms = Array.from({ length: nSpecies }, (): number[] => []);
    for (let atom = range.first; atom < range.last; atom++) this.rowOf[atom] = atoms[species[atom]].push(atom) - 1;
    this.bySpecies = atoms.map((own, s) => {
      const width = speciesWidth(terms, s);
      const pointer = scratch.f64(own.length * width);
      wasm.f64(pointer, own.length * width).fill(0);
      return { atoms: own, rows: matrix(pointer, own.length, width) };
    });
    const next = new Int32Array(nSpecies);
    for (const { blocks, width, firstColumn } of terms) {
      for (const [block, s] of blocks.entries()) {
        this.places.set(firstColumn + block * width, { species: s, column: next[s] });
        next[s] += width;
      }
    }
  }

  add(atoms: Int32Array, columns: Pointer, width: number, firstColumn: number): void {
    const { species, column } = this.places.get(firstColumn)!;
    const { pointer, stride } = this.bySpecies[species].rows;
    atoms.forEach((atom, i) => {
      this.wasm.f64(pointer + 8 * (this.rowOf[atom] * stride + column), width).set(this.wasm.f64(columns + 8 * i * width, width));
    });
  }

  /** f64 [atoms × columns] of every species, copied. */
  copies(): Float64Array[] {
    return this.bySpecies.map(({ rows }) => this.wasm.f64(rows.pointer, rows.rows * rows.columns).slice());
  }

  /** Extrapolation grades of the atoms of the range, by atom of the structure; 0 outside. */
  grades(activeSets: readonly (PlacedActiveRows | null)[], scratch: Arena): Float64Array {
    const all = new Float64Array(this.rowOf.length);
    for (const [s, { atoms, rows }] of this.bySpecies.entries()) {
      if (atoms.length === 0) continue;
      const mark = scratch.mark();
      const active = activeSets[s];
      if (active) {
        const out = scratch.f64(atoms.length);
        gradeRows(this.wasm, scratch, rows, active, out);
        this.wasm.f64(out, atoms.length).forEach((grade, i) => (all[atoms[i]] = grade));
      } else {
        // the data showed nothing but zeros
        atoms.forEach((atom, i) => (all[atom] = this.wasm.f64(rows.pointer + 8 * i * rows.stride, rows.columns).every((value) => value === 0) ? 0 : Infinity));
      }
      scratch.reset(mark);
    }
    return all;
  }
}
