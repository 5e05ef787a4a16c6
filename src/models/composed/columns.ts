import { gaussianExponents, speciesPairs } from "../../descriptors/cluster/basis.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import { enumerations, integerRecords, type RecordValues } from "../../wasm/records.js";
import type { Wasm } from "../../wasm/wasm.js";
import { isLinearKind, type ParameterLayout } from "./parameters.js";
import { type ComposedValues, padded, placeNumbers, slotOf } from "./program.js";
import { type ComposedForm, type ComposedNode, isLeaf, seesNeighborsOfNeighbors } from "./tree.js";

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
const BASIS_FIELDS = ["rates", "table"] as const;
const TERM_FIELDS = ["shift", "coefficients", "exponents", "isCoupled"] as const;

/** ComposedColumn, ComposedTermColumns and ComposedBasisColumns records. */
export interface PlacedColumns {
  readonly columns: Pointer;
  readonly terms: Pointer;
  readonly bases: Pointer;
}

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
  private readonly bases: Int32Array;

  constructor(potential: ComposedValues, layout: ParameterLayout, linearOnly: boolean) {
    const nSpecies = potential.atomEnergies.length;
    const tables: number[] = [];
    const columns = [
      ...(linearOnly ? [] : layout.bases.flatMap((_, b) => columnsOfBasis(potential, layout, b, nSpecies, tables))),
      ...layout.nodes.flatMap((_, k) => columnsOfTerm(potential, layout, k, nSpecies, linearOnly)),
    ];
    const { terms, rates, isLeft } = columnsTogether(potential.form, layout, nSpecies, linearOnly);
    this.count = columns.length;
    this.isLeft = isLeft;
    this.columns = Int32Array.from(columns.flatMap((column) => COLUMN_FIELDS.map((field) => Math.max(0, column[field]))));
    this.withTable = columns.flatMap(({ table }, k) => (table < 0 ? [] : [COLUMN_FIELDS.length * (k + 1) - 1]));
    this.tables = Float64Array.from(tables);
    this.terms = Int32Array.from(terms.flatMap((record) => TERM_FIELDS.map((field) => record[field])));
    // the tables of α and β stand one behind the other
    this.bases = Int32Array.from(rates.flatMap((rate) => [rate, rate < 0 ? 0 : columns[rate].table]));
  }

  place(wasm: Wasm, arena: Arena): PlacedColumns {
    const tables = placeNumbers(wasm, arena, this.tables);
    const flat = this.columns.slice();
    for (const at of this.withTable) flat[at] = tables + 8 * flat[at];
    const [columns, terms, bases] = [arena.i32(flat.length), arena.i32(this.terms.length), arena.i32(this.bases.length)];
    writeColumns(wasm, columns, flat);
    writeTermColumns(wasm, terms, this.terms);
    writeBasisColumns(wasm, bases, this.bases.map((value, i) => (i % 2 === 1 ? tables + 8 * value : value)));
    return { columns, terms, bases };
  }
}

const writeColumns = integerRecords("ComposedColumn", COLUMN_FIELDS);
const writeBasisColumns = integerRecords("ComposedBasisColumns", BASIS_FIELDS);
const writeTermColumns = integerRecords("ComposedTermColumns", TERM_FIELDS);

/**
 * Which columns `composedRows` writes all at once: of terms that are not multiplied with one that sees neighbors of neighbors those of shifts, coefficients
 * and, with two-body bases, ξ; of two-body Gaussians α and β where such terms alone have them, and none of them sees neighbors of neighbors.
 * @returns the columns of terms, those of α (−1: not among them), and for each column whether it is left to `composedColumn`
 */
function columnsTogether(
  form: ComposedForm, { bases, nodes, parameters }: ParameterLayout, nSpecies: number, linearOnly: boolean,
): { terms: RecordValues<"ComposedTermColumns">[]; rates: number[]; isLeft: boolean[] } {
  let before = 0;
  const columnOf = parameters.map(({ kind }) => (!linearOnly || isLinearKind(kind) ? before++ : -1));
  const isLeft = new Array<boolean>(before).fill(true);
  const take = (first: number, count: number): number => {
    if (first < 0 || columnOf[first] < 0) return -1;
    isLeft.fill(false, columnOf[first], columnOf[first] + count);
    return columnOf[first];
  };
  const factors = nodes.map((_, k) => factorsBeside(nodes, k));
  const isFar = factors.map((others) => others.some((factor) => seesNeighborsOfNeighbors(factor)));
  const terms = nodes.map(({ node, shift, coefficients, nCoefficients, exponents }, k) => {
    if (isFar[k]) return { shift: -1, coefficients: -1, exponents: -1, isCoupled: 0 };
    const hasXi = isLeaf(node) && node.op !== "linear" && form.bases[node.basis].body === 2;
    return {
      shift: take(shift, nSpecies), coefficients: take(coefficients, nCoefficients), exponents: hasXi ? take(exponents, node.nExponents) : -1,
      isCoupled: Number(factors[k].length > 0),
    };
  });
  const rates = form.bases.map(({ body, radial }, b) => {
    const isSimple = nodes.every(({ node }, k) => !isLeaf(node) || node.basis !== b || (node.op !== "neighborExp" && !isFar[k]));
    return body === 2 && radial === "gaussian" && isSimple ? take(bases[b].alpha, 2) : -1;
  });
  return { terms, rates, isLeft };
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
    const place = body === 3 ? { species: 0, slot: 0 } : { species: Math.floor(w / size), slot: w % size };
    const table = new Float64Array(body === 3 ? nWeights : speciesPairs(nSpecies).length * width);
    table[body === 3 ? w : Math.floor(w / size) * width + (w % size)] = 1;
    return { ...withTable(body === 3 ? ColumnKind.tripletWeight : ColumnKind.pairWeight, table), ...place };
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
