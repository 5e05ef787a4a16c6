import { z } from "zod";
import type { SpeciesList } from "../../descriptors/descriptor.js";
import { FormatError, InternalError } from "../../errors.js";
import type { Wasm } from "../../wasm/wasm.js";
import { arrayOf, parseContent, speciesSchema } from "../local-energy/content.js";
import type { Model, ModelContent, ModelType, NamedArray, Provenance } from "../model-type.js";
import type { PotentialTables, PreparedPotential } from "../potential.js";
import type { PairFunction, PairFunctions } from "./pair-function.js";
import { PairSumEvaluator } from "./pair-sum.js";

/** A pair function at given distances. */
export interface PairTable {
  /** Atomic numbers of the two species. */
  readonly species: readonly [number, number];
  /** Å, ascending; the last one is the cutoff */
  readonly distances: Float64Array;
  /** eV at the distances */
  readonly energies: Float64Array;
  /** −dφ/dr at the distances, eV/Å */
  readonly forces: Float64Array;
}

interface TableTables extends PotentialTables {
  readonly species: readonly number[];
  readonly pairs: readonly PairTable[];
}

/**
 * Pair potential given as tables: cubic Hermite between the distances, by energies and forces; a straight line below the first one, so
 * that atoms too close are pushed apart; 0 from the last one on.
 */
export class PairTableModel implements Model {
  readonly type = "pair-table";
  readonly hasVariance = false;

  /**
   * @param species atomic numbers, ascending
   * @param pairs one table for a pair at most; pairs without one do not interact
   */
  constructor(
    readonly species: SpeciesList,
    readonly pairs: readonly PairTable[],
    readonly provenance: Provenance = {},
  ) {
    for (const { distances, energies, forces } of pairs) {
      if (energies.length !== distances.length || forces.length !== distances.length) throw new InternalError("a pair table with columns of different lengths");
    }
  }

  get cutoff(): number {
    return cutoffOf(this.pairs);
  }

  get isolatedAtomEnergies(): readonly number[] {
    return this.species.map(() => 0);
  }

  withProvenance(provenance: Provenance): PairTableModel {
    return new PairTableModel(this.species, this.pairs, provenance);
  }

  /** There are no tables in memory: they are short, and go with the records. */
  prepare(): PreparedPotential {
    const tables: TableTables = { type: this.type, species: this.species, pairs: this.pairs };
    return { tables, release: () => undefined };
  }
}

function cutoffOf(pairs: readonly PairTable[]): number {
  return Math.max(0, ...pairs.map(({ distances }) => distances[distances.length - 1]));
}

/** Functions of all pairs. */
export function tableFunctions({ species, pairs }: Pick<TableTables, "species" | "pairs">): PairFunctions {
  const functions = new Array<PairFunction | undefined>(species.length ** 2).fill(undefined);
  for (const table of pairs) {
    const [i, j] = table.species.map((atomicNumber) => species.indexOf(atomicNumber));
    const own = tableFunction(table);
    functions[i * species.length + j] = own;
    functions[j * species.length + i] = own;
  }
  return { species, cutoff: cutoffOf(pairs), functions };
}

function tableFunction({ distances, energies, forces }: PairTable): PairFunction {
  const at = (r: number, out: Float64Array): void => {
    if (r <= distances[0]) {
      out[0] = energies[0] - forces[0] * (r - distances[0]);
      out[1] = -forces[0];
      return;
    }
    const k = intervalOf(distances, r);
    const h = distances[k + 1] - distances[k];
    const t = (r - distances[k]) / h;
    const rise = energies[k + 1] - energies[k];
    const da = -h * forces[k];
    const db = -h * forces[k + 1];
    const second = 3 * rise - 2 * da - db;
    const third = da + db - 2 * rise;
    out[0] = energies[k] + t * (da + t * (second + t * third));
    out[1] = (da + t * (2 * second + 3 * t * third)) / h;
  };
  return { cutoff: distances[distances.length - 1], at };
}

/** k with distances[k] < r ≤ distances[k + 1] */
function intervalOf(distances: Float64Array, r: number): number {
  let low = 0;
  let high = distances.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (distances[middle] < r) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * Reads a table of lines `r φ F` or `r φ`: Å, eV, and eV/Å, F = −dφ/dr; `#` begins a comment. Without forces they are those of the
 * parabola through three neighboring points.
 * @throws {FormatError} for what is no such table
 */
export function parsePairTable(text: string, species: readonly [number, number], file: string): PairTable {
  const rows: number[][] = [];
  for (const [i, line] of text.split("\n").entries()) {
    const words = line.replace(/#.*/u, "").trim().split(/\s+/u).filter((word) => word !== "");
    if (words.length === 0) continue;
    const numbers = words.map(Number);
    const location = { file, line: i + 1 };
    if (!numbers.every(Number.isFinite)) throw new FormatError(location, `"${line.trim()}" is not numbers: a pair table has lines r φ F (Å, eV, eV/Å) or r φ`);
    if (numbers.length < 2 || numbers.length > 3 || (rows.length > 0 && numbers.length !== rows[0].length)) {
      throw new FormatError(location, `${numbers.length} numbers; every line has two or three, r φ F (Å, eV, eV/Å), the same in all`);
    }
    const before = rows.at(-1);
    if (!(numbers[0] > (before?.[0] ?? 0))) throw new FormatError(location, `the distance ${numbers[0]} Å is not above the one before; distances ascend from above 0`);
    rows.push(numbers);
  }
  if (rows.length < 3) throw new FormatError({ file }, `${rows.length} lines; a pair table needs three or more`);
  const column = (k: number): Float64Array => Float64Array.from(rows, (row) => row[k]);
  const [distances, energies] = [column(0), column(1)];
  return { species, distances, energies, forces: rows[0].length === 3 ? column(2) : parabolicForces(distances, energies) };
}

function parabolicForces(r: Float64Array, energies: Float64Array): Float64Array {
  const slope = (i: number): number => (energies[i + 1] - energies[i]) / (r[i + 1] - r[i]);
  return r.map((at, i) => {
    const k = Math.min(Math.max(i, 1), r.length - 2);
    const curvature = (slope(k) - slope(k - 1)) / (r[k + 1] - r[k - 1]);
    return -(slope(k - 1) + curvature * (2 * at - r[k - 1] - r[k]));
  });
}

const parametersSchema = z.object({ species: speciesSchema, pairs: z.array(z.tuple([z.int(), z.int()])) });
const columns = ["distances", "energies", "forces"] as const;

function encode(model: Model): ModelContent {
  if (!(model instanceof PairTableModel)) throw new InternalError(`a ${model.type} model is not a pair table`);
  const arrays = model.pairs.flatMap((table, p): NamedArray[] => columns.map((name) => ({ name: `pairs[${p}].${name}`, shape: [table[name].length], values: table[name] })));
  const parameters: z.input<typeof parametersSchema> = { species: [...model.species], pairs: model.pairs.map(({ species: [a, b] }): [number, number] => [a, b]) };
  return { parameters, arrays };
}

function decode({ parameters, arrays }: ModelContent, provenance: Provenance, file: string): PairTableModel {
  const { species, pairs } = parseContent(parametersSchema, parameters, file);
  const tables = pairs.map((pair, p): PairTable => {
    const [distances, energies, forces] = columns.map((name) => arrayOf(arrays, `pairs[${p}].${name}`, file));
    if (distances.length < 2 || energies.length !== distances.length || forces.length !== distances.length) throw new FormatError({ file }, `pairs[${p}] has columns of different lengths`);
    return { species: pair, distances, energies, forces };
  });
  return new PairTableModel(species, tables, provenance);
}

export const pairTableType: ModelType = {
  type: "pair-table",
  encode,
  decode,
  attach: (wasm: Wasm, tables: PotentialTables) => new PairSumEvaluator(wasm, tableFunctions(tables as TableTables)),
};
