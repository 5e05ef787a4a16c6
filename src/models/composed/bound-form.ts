import { clusterFeatureCount } from "../../descriptors/cluster/basis.js";
import { InternalError, NumericalError } from "../../errors.js";
import { symbolOf } from "../../structures/periodic-table.js";
import type { SpeciesList } from "../../descriptors/descriptor.js";
import type { Arena, Pointer } from "../../wasm/memory.js";
import { placeRecord, readField, recordBytes } from "../../wasm/records.js";
import type { Wasm } from "../../wasm/wasm.js";
import { parameterRowCount, type ParameterRowsRequest } from "../parametric.js";
import type { Prediction, Want } from "../potential.js";
import { ColumnRecords, type PlacedColumns } from "./columns.js";
import type { ComposedPairs } from "./pairs.js";
import { layoutParameters, type ParameterLayout } from "./parameters.js";
import { type ComposedValues, placeProgram, type ProgramOptions, slotCount, slotOf } from "./program.js";

/** What `composedLayout` makes room for. */
const COLUMNS = 1;
const ROWS = 2;
/** The most that vectors of all pairs of a structure may take, of three-body bases. */
const ROWS_BYTES = 2 ** 27;

/** Columns of all parameters, or of those that are linear. */
export type ColumnChoice = "all" | "linear";

/** How a potential is bound. */
export interface BoundFormOptions extends ProgramOptions {
  /** Columns of rows that many structures are asked for: they are described once, behind the program. Default: none, for each structure anew. */
  readonly rows?: ColumnChoice | undefined;
}

/** A composed potential and the species that it knows. */
export interface ComposedPotential extends ComposedValues {
  /** Atomic numbers, ascending */
  readonly species: SpeciesList;
}

/**
 * A composed potential in the memory of one thread: evaluates it on pairs that are known, which stand in shared memory (`placePairs`). Fits bind it once for
 * each set of values and go over their structures.
 */
export class BoundForm {
  /** Where parameters stand. */
  readonly layout: ParameterLayout;
  private readonly program: Pointer;
  private readonly blockPairs: number;
  private readonly columns: Partial<Record<ColumnChoice, ColumnRecords>> = {};
  private readonly placed: { readonly choice: ColumnChoice; readonly at: PlacedColumns } | undefined;

  /** @param arena holds the program as long as this is used */
  constructor(
    private readonly wasm: Wasm,
    arena: Arena,
    private readonly potential: ComposedPotential,
    { blockPairs = 16384, rows }: BoundFormOptions = {},
  ) {
    this.blockPairs = blockPairs;
    this.layout = layoutParameters(potential.form, potential.species.length);
    this.program = placeProgram(wasm, arena, potential, this.layout, blockPairs);
    this.placed = rows && { choice: rows, at: this.columnsOf(rows).place(wasm, arena) };
  }

  /**
   * Energy, forces, virial and local energies of the sites whose energies count, those of atoms that are no sites 0.
   * @param scratch is as it was afterwards
   * @throws {NumericalError} naming atom and term where an exponential overflows
   */
  evaluate(pairs: ComposedPairs, { forces, virial, localEnergies }: Want, scratch: Arena): Prediction {
    const { wasm, program } = this;
    const mark = scratch.mark();
    const hasGradient = forces === true || virial === true;
    const energiesAt = scratch.f64(1 + pairs.nActive);
    const sums = scratch.f64(3 * pairs.nSites + 9);
    if (hasGradient) wasm.f64(sums, 3 * pairs.nSites + 9).fill(0);
    this.place(pairs, scratch);
    const virialAt = sums + 24 * pairs.nSites;
    this.naming(pairs, () => wasm.routines.composedEvaluate(program, pairs.pointer, energiesAt, hasGradient ? sums : 0, virial ? virialAt : 0));
    const energies = wasm.f64(energiesAt, 1 + pairs.nActive);
    const prediction: Prediction = {
      energy: energies[0],
      ...(forces && { forces: this.ofAtoms(pairs, wasm.f64(sums, 3 * pairs.nSites), 3) }),
      ...(virial && { virial: wasm.f64(virialAt, 9).slice() }),
      ...(localEnergies && { localEnergies: this.ofAtoms(pairs, energies.subarray(1), 1) }),
    };
    scratch.reset(mark);
    return prediction;
  }

  /**
   * Features of each site, nSites × features, as `clusterFeatureCount` counts them.
   * @param basis its position in the form
   */
  features(pairs: ComposedPairs, basis: number, scratch: Arena): Float64Array {
    const { wasm, potential } = this;
    const mark = scratch.mark();
    const energies = scratch.f64(1 + pairs.nActive);
    this.place(pairs, scratch);
    this.naming(pairs, () => wasm.routines.composedEvaluate(this.program, pairs.pointer, energies, 0, 0));
    const shape = potential.form.bases[basis];
    const [nFeatures, nSlots] = [clusterFeatureCount(shape, potential.species.length), slotCount(shape, potential.species.length)];
    const record = readField(wasm, this.program, "ComposedProgram", "bases") + basis * recordBytes("ComposedBasis");
    const slots = wasm.f64(readField(wasm, record, "ComposedBasis", "features"), pairs.nSites * nSlots);
    const features = Float64Array.from({ length: pairs.nSites * nFeatures }, (_, i) => slots[Math.floor(i / nFeatures) * nSlots + slotOf(shape, i % nFeatures)]);
    scratch.reset(mark);
    return features;
  }

  /**
   * Derivatives of energy, forces and virial of a whole structure by the parameters, in the order of the layout: rows × columns, as `ParameterRowsRequest`
   * says.
   * @param out f64, `parameterRowCount` rows of `columnCount` numbers, written
   * @param scratch is as it was afterwards
   * @throws {NumericalError} as `evaluate`
   */
  rows(pairs: ComposedPairs, { forces, virial, linearOnly = false }: ParameterRowsRequest, out: Pointer, scratch: Arena): void {
    const { wasm, program } = this;
    if (pairs.nActive !== pairs.nAtoms) throw new InternalError("rows of a part of a structure");
    const mark = scratch.mark();
    const energies = scratch.f64(1 + pairs.nActive);
    const choice = linearOnly ? "linear" : "all";
    const own = this.columnsOf(choice);
    const { columns, terms, bases } = this.placed?.choice === choice ? this.placed.at : own.place(wasm, scratch);
    const rowBytes = 8 * own.count;
    wasm.f64(out, parameterRowCount({ forces, virial }, pairs.nAtoms) * own.count).fill(0);
    const rows = placeRecord(wasm, scratch, "ComposedRows", {
      energy: out, forces: forces ? out + rowBytes : 0, virial: virial ? out + rowBytes * (forces ? 1 + 3 * pairs.nAtoms : 1) : 0, rowBytes,
    });
    const unit = scratch.allocate(recordBytes("ComposedColumn"));
    const together = (forces || !virial) && this.hasRoomForRows(pairs);
    this.place(pairs, scratch, together ? ROWS : COLUMNS);
    this.naming(pairs, () => wasm.routines.composedEvaluate(program, pairs.pointer, energies, 0, 0));
    if (together) wasm.routines.composedRows(program, pairs.pointer, terms, bases, unit, rows);
    for (let k = 0; k < own.count; k++) {
      if (together && !own.isLeft[k]) continue;
      wasm.routines.composedColumn(program, pairs.pointer, columns + k * recordBytes("ComposedColumn"), Number(forces), Number(virial), out + 8 * k, rowBytes);
    }
    scratch.reset(mark);
  }

  private columnsOf(choice: ColumnChoice): ColumnRecords {
    const { potential, layout, columns } = this;
    return (columns[choice] ??= new ColumnRecords(potential, layout, choice === "linear"));
  }

  /** Whether functions and vectors of all pairs are kept: columns are made one by one otherwise. */
  private hasRoomForRows({ nPairs }: ComposedPairs): boolean {
    const { form, species } = this.potential;
    const slots = form.bases.reduce((sum, basis) => sum + (basis.body === 3 ? slotCount(basis, species.length) : 0), 0);
    return nPairs <= this.blockPairs && 48 * nPairs * slots <= ROWS_BYTES;
  }

  /** Room for the arrays of a structure. */
  private place(pairs: ComposedPairs, scratch: Arena, tangents = 0): void {
    const bytes = scratch.f64(1);
    this.wasm.routines.composedLayout(tangents, this.program, pairs.pointer, scratch.mark(), bytes);
    scratch.allocate(this.wasm.f64(bytes, 1)[0]);
  }

  private ofAtoms(pairs: ComposedPairs, values: Float64Array, width: number): Float64Array {
    const { atoms, nAtoms } = pairs;
    if (!atoms) return values.slice();
    const out = new Float64Array(width * nAtoms);
    for (let i = 0; i < values.length; i++) out[width * atoms[Math.floor(i / width)] + (i % width)] = values[i];
    return out;
  }

  private naming(pairs: ComposedPairs, run: () => void): void {
    try {
      run();
    } catch (error) {
      if (!(error instanceof NumericalError)) throw error;
      const site = readField(this.wasm, this.program, "ComposedProgram", "culpritSite");
      const { path } = this.layout.nodes[readField(this.wasm, this.program, "ComposedProgram", "culpritTerm")];
      const species = this.wasm.i32(readField(this.wasm, pairs.pointer, "ComposedPairs", "species"), pairs.nSites)[site];
      throw new NumericalError(
        `${pairs.label}: the term ${path} of the composed potential is not finite at atom ${(pairs.atoms?.[site] ?? site) + 1} (${symbolOf(this.potential.species[species])}): ` +
          "an exponential of its features overflows; bring the exponents xi nearer to 0, or check for atoms that are too close",
      );
    }
  }
}
