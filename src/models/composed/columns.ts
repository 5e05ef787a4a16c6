import { gaussianExponents, speciesPairs } from "../../descriptors/cluster/basis.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import { enumerations, integerRecords, type RecordValues } from "../../wasm/records.js";
import type { Wasm } from "../../wasm/wasm.js";
import { isLinearKind, type ParameterLayout } from "./parameters.js";
import { type ComposedValues, padded, placeNumbers, slotOf } from "./program.js";
import { type ComposedNode, isLeaf, seesNeighborsOfNeighbors } from "./tree.js";

/** A ComposedColumn whose table stands among those of all columns, after so many numbers. */
interface Column {
  readonly kind: number;
  readonly owner: number;
  readonly species: number;
  readonly exponent: number;
  readonly slot: number;
  /** −1: it has none. */
  readonly table: number;
}
const { ColumnKind } = enumerations;
const COLUMN_FIELDS = ["kind", "owner", "species", "exponent", "slot", "table"] as const;
const TERM_FIELDS = ["shift", "coefficients", "exponents", "isCoupled"] as const;

/** Descriptions of all columns as routines take them, ready to be copied into the memory of a thread: fits do so for every structure. */
export class ColumnRecords {
  /** Columns. */
  readonly count: number;
  /** For each column whether `composedRows` leaves it to `composedColumn`. */
  readonly isLeft: readonly boolean[];
  private readonly columns: Int32Array;
  private readonly tables: Float64Array;
  private readonly withTable: readonly number[];
  private readonly terms: Int32Array;

  constructor(potential: ComposedValues, layout: ParameterLayout, linearOnly: boolean) {
    const nSpecies = potential.atomEnergies.length;
    const tables: number[] = [];
    const columns = [
      ...(linearOnly ? [] : layout.bases.flatMap((_, b) => columnsOfBasis(potential, layout, b, nSpecies, tables))),
      ...layout.nodes.flatMap((_, k) => columnsOfTerm(potential, layout, k, nSpecies, linearOnly)),
    ];
    const { records, isLeft } = termColumns(layout, nSpecies, linearOnly);
    this.count = columns.length;
    this.isLeft = isLeft;
    this.columns = Int32Array.from(columns.flatMap((column) => COLUMN_FIELDS.map((field) => Math.max(0, column[field]))));
    this.withTable = columns.flatMap(({ table }, k) => (table < 0 ? [] : [COLUMN_FIELDS.length * (k + 1) - 1]));
    this.tables = Float64Array.from(tables);
    this.terms = Int32Array.from(records.flatMap((record) => TERM_FIELDS.map((field) => record[field])));
  }

  /** @returns ComposedColumn and ComposedTermColumns records */
  place(wasm: Wasm, arena: Arena): { columns: Pointer; terms: Pointer } {
    const tables = placeNumbers(wasm, arena, this.tables);
    const flat = this.columns.slice();
    for (const at of this.withTable) flat[at] = tables + 8 * flat[at];
    const [columns, terms] = [arena.i32(flat.length), arena.i32(this.terms.length)];
    writeColumns(wasm, columns, flat);
    writeTermColumns(wasm, terms, this.terms);
    return { columns, terms };
  }
}

const writeColumns = integerRecords("ComposedColumn", COLUMN_FIELDS);
const writeTermColumns = integerRecords("ComposedTermColumns", TERM_FIELDS);

/**
 * Which columns of terms `composedRows` writes all at once: those of coefficients and shifts, unless the term is multiplied with one that sees neighbors of
 * neighbors.
 * @returns records in the order of the terms, and for each column whether it is left to `composedColumn`
 */
function termColumns({ nodes, parameters }: ParameterLayout, nSpecies: number, linearOnly: boolean): { records: RecordValues<"ComposedTermColumns">[]; isLeft: boolean[] } {
  let before = 0;
  const columnOf = parameters.map(({ kind }) => (!linearOnly || isLinearKind(kind) ? before++ : -1));
  const isLeft = new Array<boolean>(before).fill(true);
  const records = nodes.map(({ shift, coefficients, nCoefficients }, k) => {
    const factors = factorsBeside(nodes, k);
    if (factors.some((factor) => seesNeighborsOfNeighbors(factor))) return { shift: -1, coefficients: -1, exponents: -1, isCoupled: 0 };
    const take = (first: number, count: number): number => {
      if (first < 0) return -1;
      isLeft.fill(false, columnOf[first], columnOf[first] + count);
      return columnOf[first];
    };
    return { shift: take(shift, nSpecies), coefficients: take(coefficients, nCoefficients), exponents: -1, isCoupled: Number(factors.length > 0) };
  });
  return { records, isLeft };
}

/** Other factors of the products that a node is in. */
function factorsBeside(nodes: ParameterLayout["nodes"], k: number): ComposedNode[] {
  const { path } = nodes[k];
  return nodes.flatMap(({ node, path: above }) => {
    if (isLeaf(node) || node.op !== "product" || !path.startsWith(`${above}.`)) return [];
    return [path.startsWith(`${above}.left`) ? node.right : node.left];
  });
}

/** How many columns there are. */
export function columnCount({ parameters }: ParameterLayout, linearOnly = false): number {
  return linearOnly ? parameters.filter(({ kind }) => isLinearKind(kind)).length : parameters.length;
}

function columnsOfBasis({ form, values }: ComposedValues, layout: ParameterLayout, b: number, nSpecies: number, tables: number[]): Column[] {
  const basis = form.bases[b];
  const { alpha, beta, nWeights } = layout.bases[b];
  const { size, body } = basis;
  const width = padded(size);
  const withTable = (kind: number, table: Float64Array): Column => {
    tables.push(...table);
    return { owner: b, species: 0, exponent: 0, slot: 0, kind, table: tables.length - table.length };
  };
  const exponents = alpha < 0 ? undefined : gaussianExponents(values[alpha], values[beta], size);
  const rates = exponents ? [exponents.map((exponent) => exponent / values[alpha]), exponents.map((exponent, nu) => (nu * exponent) / values[beta])] : [];
  const weights = Array.from({ length: nWeights }, (_, w): Column => {
    const table = new Float64Array(body === 3 ? nWeights : speciesPairs(nSpecies).length * width);
    table[body === 3 ? w : Math.floor(w / size) * width + (w % size)] = 1;
    return withTable(body === 3 ? ColumnKind.tripletWeight : ColumnKind.pairWeight, table);
  });
  return [...rates.map((rate) => withTable(ColumnKind.rate, Float64Array.from({ length: width }, (_, nu) => rate[nu] ?? 0))), ...weights];
}

function columnsOfTerm({ form }: ComposedValues, { nodes }: ParameterLayout, k: number, nSpecies: number, linearOnly: boolean): Column[] {
  const { node, shift, nCoefficients } = nodes[k];
  const common = { owner: k, species: 0, exponent: 0, slot: 0, table: -1 };
  const shifts = Array.from({ length: shift < 0 ? 0 : nSpecies }, (_, own): Column => ({ ...common, kind: ColumnKind.shift, species: own }));
  if (!isLeaf(node)) return shifts;
  const nExponents = node.op === "linear" ? 0 : node.nExponents;
  const rows = Math.max(1, nExponents);
  const coefficients = Array.from({ length: nCoefficients }, (_, c): Column => ({
    ...common, kind: ColumnKind.coefficient, exponent: c % rows, slot: slotOf(form.bases[node.basis], Math.floor(c / rows)),
  }));
  const exponents = Array.from({ length: linearOnly ? 0 : nExponents }, (_, exponent): Column => ({ ...common, kind: ColumnKind.exponent, exponent }));
  return [...shifts, ...coefficients, ...exponents];
}
