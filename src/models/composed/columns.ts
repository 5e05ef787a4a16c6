import { gaussianExponents, hasSpeciesWeights, speciesPairs } from "../../descriptors/cluster/basis.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import { enumerations, recordBytes, type RecordValues, writeRecords } from "../../wasm/records.js";
import type { Wasm } from "../../wasm/wasm.js";
import { isLinearKind, type ParameterLayout } from "./parameters.js";
import { type ComposedValues, padded, placeNumbers, slotOf } from "./program.js";
import { isLeaf } from "./tree.js";

type Column = RecordValues<"ComposedColumn">;
const { ColumnKind } = enumerations;

/**
 * Puts descriptions of parameters into memory, as `composedColumn` takes them.
 * @param linearOnly whether others than linear ones are left out
 * @returns ComposedColumn records in the order of the layout
 */
export function placeColumns(wasm: Wasm, arena: Arena, potential: ComposedValues, layout: ParameterLayout, linearOnly: boolean): { pointer: Pointer; count: number } {
  const nSpecies = potential.atomEnergies.length;
  const columns: Column[] = [
    ...(linearOnly ? [] : layout.bases.flatMap((_, b) => basisColumns(wasm, arena, potential, layout, b, nSpecies))),
    ...layout.nodes.flatMap((_, k) => termColumns(potential, layout, k, nSpecies, linearOnly)),
  ];
  const pointer = arena.allocate(columns.length * recordBytes("ComposedColumn"));
  writeRecords(wasm, pointer, "ComposedColumn", columns);
  return { pointer, count: columns.length };
}

/** How many columns there are. */
export function columnCount({ parameters }: ParameterLayout, linearOnly = false): number {
  return linearOnly ? parameters.filter(({ kind }) => isLinearKind(kind)).length : parameters.length;
}

function basisColumns(wasm: Wasm, arena: Arena, { form, values }: ComposedValues, layout: ParameterLayout, b: number, nSpecies: number): Column[] {
  const basis = form.bases[b];
  const { alpha, beta, nWeights } = layout.bases[b];
  const { size, body } = basis;
  const width = padded(size);
  const common = { owner: b, index: 0, slot: 0 };
  const rate = (rates: Float64Array): Column => {
    const table = new Float64Array(width);
    table.set(rates);
    return { ...common, kind: ColumnKind.rate, table: placeNumbers(wasm, arena, table) };
  };
  const exponents = alpha < 0 ? undefined : gaussianExponents(values[alpha], values[beta], size);
  const rates = exponents ? [exponents.map((exponent) => exponent / values[alpha]), exponents.map((exponent, nu) => (nu * exponent) / values[beta])] : [];
  const weights = Array.from({ length: nWeights }, (_, w): Column => {
    const table = new Float64Array(body === 3 ? nWeights : speciesPairs(nSpecies).length * width);
    table[body === 3 ? w : Math.floor(w / size) * width + (w % size)] = 1;
    return { ...common, kind: body === 3 ? ColumnKind.tripletWeight : ColumnKind.pairWeight, table: placeNumbers(wasm, arena, table) };
  });
  return [...rates.map(rate), ...(hasSpeciesWeights(basis, nSpecies) ? weights : [])];
}

function termColumns({ form }: ComposedValues, { nodes }: ParameterLayout, k: number, nSpecies: number, linearOnly: boolean): Column[] {
  const { node, shift, nCoefficients } = nodes[k];
  const common = { owner: k, index: 0, slot: 0, table: 0 };
  const shifts = Array.from({ length: shift < 0 ? 0 : nSpecies }, (_, index): Column => ({ ...common, kind: ColumnKind.shift, index }));
  if (!isLeaf(node)) return shifts;
  const nExponents = node.op === "linear" ? 0 : node.nExponents;
  const rows = Math.max(1, nExponents);
  const coefficients = Array.from({ length: nCoefficients }, (_, c): Column => ({
    ...common, kind: ColumnKind.coefficient, index: c % rows, slot: slotOf(form.bases[node.basis], Math.floor(c / rows)),
  }));
  const exponents = Array.from({ length: linearOnly ? 0 : nExponents }, (_, index): Column => ({ ...common, kind: ColumnKind.exponent, index }));
  return [...shifts, ...coefficients, ...exponents];
}
