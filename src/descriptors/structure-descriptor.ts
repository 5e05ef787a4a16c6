import type { z } from "zod";
import type { Arena, MemoryPool, Pointer } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import type { DescriptorCost } from "./cost.js";
import type { DataStatistics, Descriptor, FeatureSpace, SpeciesList } from "./descriptor.js";

/** A structure as descriptors of whole structures take it. Plain data. */
export interface SpeciesStructure {
  /** Å, nAtoms × 3. Atoms may be anywhere, also outside the cell. */
  readonly positions: Float64Array;
  /** Species index of every atom, see `speciesIndices`. */
  readonly species: Int32Array;
  /** Å, 3 × 3, rows are lattice vectors; null: no cell. */
  readonly cell: Float64Array | null;
  /** Whether the structure repeats along each lattice vector. */
  readonly pbc: readonly [boolean, boolean, boolean];
}

/** Tables of a descriptor of whole structures in shared memory, and plain numbers: made once by `prepare`, read by every thread. */
export interface StructureDescriptorTables {
  /** Tells them from those of a `Descriptor`. */
  readonly describes: "structures";
  /** Names these tables, see `nextSerial`. */
  readonly serial: number;
  /** Name of the type that attaches them. */
  readonly descriptor: string;
  /** Columns of a row. */
  readonly nFeatures: number;
  /** What species indices refer to: the species of the data, or a longer list of the descriptor's own. */
  readonly species: SpeciesList;
  /** One for each structure. */
  readonly rows: "structure";
  /** Pointers and numbers that the evaluator reads. */
  readonly data: Readonly<Record<string, number>>;
  /** Tables of the descriptors that this one is made of. */
  readonly parts?: readonly StructureDescriptorTables[];
}

/**
 * A descriptor of whole structures bound to one thread. Outputs are row-major in WebAssembly memory and written in full; a structure
 * without atoms has zeros. Evaluators keep nothing from call to call, and leave nothing in `scratch`.
 */
export interface StructureDescriptorEvaluator {
  /** What it was attached to. */
  readonly tables: StructureDescriptorTables;
  /**
   * out: f64 [nFeatures]
   * @throws {InvalidStructureError} for structures that it cannot describe
   */
  values(structure: SpeciesStructure, out: Pointer, scratch: Arena): void;
  /**
   * The derivatives by the positions of the atoms, all images together, and by a strain r_a → r_a + Σ_b ε_ab r_b of positions and cell.
   * @param values as `values` wrote them
   * @param out f64 [nAtoms × 3 × nFeatures], 1/Å
   * @param strain f64 [3 × 3 × nFeatures]
   */
  jacobian(structure: SpeciesStructure, values: Pointer, out: Pointer, strain: Pointer, scratch: Arena): void;
  /**
   * The same contracted with gradients ∂E/∂X, without forming the Jacobian.
   * @param values as `values` wrote them
   * @param gradients f64 [nFeatures]
   * @param out f64 [nAtoms × 3]
   * @param strain f64 [3 × 3]
   */
  backward(structure: SpeciesStructure, values: Pointer, gradients: Pointer, out: Pointer, strain: Pointer, scratch: Arena): void;
}

/** What a descriptor of structures may ask of the data that it is for. */
export interface DataExtent extends DataStatistics<StructureDescriptor> {
  /** Atoms of the largest structure. */
  readonly largestStructure: number;
}

/** Turns whole structures, which have no centers, into rows of numbers: one each. See docs/how-to/new-descriptor.md. */
export interface StructureDescriptor extends FeatureSpace {
  /** Tells it from a `Descriptor`. */
  readonly describes: "structures";
  /** One for each structure. */
  readonly rows: "structure";
  /**
   * The same with what it takes from data filled in, so that its parameters hold that. Absent where it takes nothing, or knows already;
   * where it is there, it has no columns yet.
   */
  readonly learn?: ((data: DataExtent) => Promise<StructureDescriptor>) | undefined;
  /**
   * Builds the tables in shared memory.
   * @throws {ResourceError} where they do not fit
   */
  prepare(wasm: Wasm, pool: MemoryPool, species: SpeciesList): PreparedStructureDescriptor;
}

/** A descriptor of either kind. */
export type AnyDescriptor = Descriptor | StructureDescriptor;

/** Tables of a descriptor of whole structures, as long as they are in memory. */
export interface PreparedStructureDescriptor {
  /** Plain data, for `attachStructureDescriptor` on any thread. */
  readonly tables: StructureDescriptorTables;
  /** Gives the memory of the tables back. */
  release(): void;
}

/** How an evaluator is made from tables on any thread. */
export interface StructureDescriptorAttachment {
  /** Tells it from that of a `Descriptor`. */
  readonly describes: "structures";
  /** That tables carry as `descriptor`. */
  readonly name: string;
  /** Called once per thread and tables; `attachPart` makes the evaluators of the descriptors that it is made of. */
  readonly attach: (
    wasm: Wasm,
    tables: StructureDescriptorTables,
    attachPart: (tables: StructureDescriptorTables) => StructureDescriptorEvaluator,
  ) => StructureDescriptorEvaluator;
}

/** One line of the registry: how to make a descriptor from parameters, and an evaluator from its tables. */
export interface StructureDescriptorType extends StructureDescriptorAttachment {
  /** of the parameters, with the literal `type` */
  readonly schema: z.ZodObject<{
    /** Tells the kinds apart. */
    type: z.ZodLiteral<string>;
  }>;
  /** @throws {InvalidParameterError} for parameters that are not allowed */
  readonly create: (parameters: unknown) => StructureDescriptor;
  /** What measurements need to know; absent for what is made of others. */
  readonly cost?: DescriptorCost | undefined;
}
