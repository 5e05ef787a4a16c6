import { InvalidParameterError } from "../../errors.js";
import type { PairFunction } from "../../models/pair/pair-function.js";
import { atomicMass } from "../../structures/atomic-masses.js";
import { symbolOf } from "../../structures/periodic-table.js";
import { version } from "../../version.js";
import { type TableError, tableError } from "./table-error.js";

/** Functions of a file for `pair_style eam/fs`: E = Σ_i F_i(Σ_j ρ(r_ij)) + Σ_pairs φ(r_ij). */
export interface FinnisSinclair {
  /** Atomic numbers. */
  readonly species: readonly number[];
  /** Å: all functions of distance are 0 from here on. */
  readonly cutoff: number;
  /** F of a center ends here. */
  readonly maxDensity: number;
  /** F in eV and F′, by species of the center. */
  readonly embedding: readonly ((density: number) => readonly [number, number])[];
  /** What a neighbor adds to the density of a center, 0 or more. */
  density(center: number, neighbor: number): PairFunction;
  /** φ in eV of two atoms. */
  pair(a: number, b: number): PairFunction;
}

/** How well the tables follow the functions. */
export interface SetflErrors {
  /** eV, eV/Å */
  readonly pair: TableError;
  /** As shares of the largest density, the latter by Å. */
  readonly density: TableError;
  /** eV of an atom, eV for the largest density. */
  readonly embedding: TableError;
}

/** Å: nearer than any atoms are. */
const NEAREST = 0.5;
/** Numbers in a line. */
const COLUMNS = 5;

/**
 * The text of a file for `pair_style eam/fs`, and how well it follows.
 * @param points of each table, at least four
 * @throws {InvalidParameterError} for functions that are not finite
 */
export function setflText(functions: FinnisSinclair, points: number, comment: string): { readonly text: string; readonly errors: SetflErrors } {
  const { species, cutoff, maxDensity } = functions;
  const [dr, dRho] = [cutoff / (points - 1), maxDensity / (points - 1)];
  const tables = new SetflTables(points, dr, dRho);
  const elements = species.map((z, center) => {
    // what an atom of this element adds to the density of each
    const densities = species.map((_, other) => tables.density(functions.density(other, center), maxDensity, `density of ${symbolOf(z)}`));
    return [`${z} ${atomicMass(z)} 0 fcc`, ...tables.embedding(functions.embedding[center], `embedding energy of ${symbolOf(z)}`), ...densities.flat()];
  });
  const pairs = species.flatMap((a, i) => species.slice(0, i + 1).flatMap((b, j) => tables.pair(functions.pair(i, j), `pair function of ${symbolOf(a)} and ${symbolOf(b)}`)));
  const head = [comment, `written by pestle ${version} for pair_style eam/fs; eV and Å`, "mass in amu; lattices are not known", `${species.length} ${species.map(symbolOf).join(" ")}`];
  const sizes = `${points} ${dRho} ${points} ${dr} ${cutoff}`;
  return { text: [...head, sizes, ...elements.flat(), ...pairs, ""].join("\n"), errors: tables.errors };
}

/** Makes lines of tables, and keeps the largest errors. */
class SetflTables {
  private readonly largest = { pair: { value: 0, slope: 0 }, density: { value: 0, slope: 0 }, embedding: { value: 0, slope: 0 } };

  constructor(
    private readonly points: number,
    private readonly dr: number,
    private readonly dRho: number,
  ) {}

  get errors(): SetflErrors {
    return this.largest;
  }

  embedding(at: (density: number) => readonly [number, number], name: string): string[] {
    const values = this.sampled((i) => at(i * this.dRho)[0], `${name} at a density up to ${(this.points - 1) * this.dRho}`);
    const { value, slope } = tableError({ values, spacing: this.dRho, exact: (i) => at(i * this.dRho) });
    this.keep("embedding", { value, slope: slope * (this.points - 1) * this.dRho });
    return lines(values);
  }

  density(own: PairFunction, unit: number, name: string): string[] {
    const at = (i: number): readonly [number, number] => valueAt(own, i * this.dr);
    const values = this.sampled((i) => at(i)[0], name);
    const { value, slope } = tableError({ values, spacing: this.dr, exact: at });
    this.keep("density", { value: value / unit, slope: slope / unit });
    return lines(values);
  }

  /** r · φ, which the program divides by r. */
  pair(own: PairFunction, name: string): string[] {
    const exact = (i: number): readonly [number, number] => valueAt(own, i * this.dr);
    const values = this.sampled((i) => i * this.dr * exact(i)[0], name);
    const read = (i: number, value: number, slope: number): readonly [number, number] => {
      const r = i * this.dr;
      return [value / r, (slope - value / r) / r];
    };
    this.keep("pair", tableError({ values, spacing: this.dr, exact, read, from: NEAREST / this.dr }));
    return lines(values);
  }

  private keep(kind: keyof SetflErrors, { value, slope }: TableError): void {
    const known = this.largest[kind];
    known.value = Math.max(known.value, value);
    known.slope = Math.max(known.slope, slope);
  }

  private sampled(value: (i: number) => number, name: string): Float64Array {
    const values = Float64Array.from({ length: this.points }, (_, i) => value(i));
    if (!values.every(Number.isFinite)) throw new InvalidParameterError(`the ${name} is not finite, as tables must be`);
    return values;
  }
}

function valueAt({ cutoff, at }: PairFunction, r: number): readonly [number, number] {
  const out = new Float64Array(2);
  if (r < cutoff) at(r, out);
  return [out[0], out[1]];
}

function lines(values: Float64Array): string[] {
  return Array.from({ length: Math.ceil(values.length / COLUMNS) }, (_, row) => Array.from(values.subarray(COLUMNS * row, COLUMNS * (row + 1)), (value) => value.toExponential(16)).join(" "));
}
