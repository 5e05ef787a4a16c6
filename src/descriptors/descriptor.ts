import type { z } from "zod";
import type { EnvironmentBatch } from "../neighbors/environment-batch.js";
import type { Arena, MemoryPool, Pointer } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";
import type { DescriptorCost } from "./cost.js";
import type { ColumnMap } from "./reduction/column-map.js";
import type { RadialSetting } from "./reduction/schema.js";
import type { RowBatch, RowKind, Rows, ScratchSize, StateSize } from "./rows.js";

/** Atomic numbers in ascending order; a species index is a position in this list. */
export type SpeciesList = readonly number[];

/** What one column of a descriptor means. */
export interface Feature {
  /** Unique within the descriptor, with the indices and species that the column stands for. */
  readonly label: string;
  /** 2 for pairs, 3 for triplets, … */
  readonly bodyOrder: number;
  /** Species channels the column mixes, as chemical symbols. */
  readonly channel: readonly string[];
  /** Where the descriptor turns: what the column is of a set of columns that turn among themselves. */
  readonly harmonic?: Harmonic;
}

/** A column that turns as the real spherical harmonic Y_lm of this program; those of a set with m = −l … l turn as a vector with 2l + 1 components. */
export interface Harmonic {
  /** l */
  readonly degree: number;
  /** m */
  readonly order: number;
  /** The same for the columns that belong together. */
  readonly set: string;
}

/** Tables that a descriptor keeps in shared memory, and plain numbers: made once by `prepare`, read by every thread. */
export interface DescriptorTables {
  /** Tells them from those of a `StructureDescriptor`. */
  readonly describes?: "environments";
  /** Names these tables, see `nextSerial`. */
  readonly serial: number;
  /** Name of the type that attaches them. */
  readonly descriptor: string;
  /** Columns of a row. */
  readonly nFeatures: number;
  /** Å: neighbors up to this distance contribute (it may exceed the nominal cutoff, see the descriptor's convention). */
  readonly cutoff: number;
  /** What the species indices of its environments refer to: the species of the data, or a longer list of the descriptor's own. */
  readonly species: SpeciesList;
  /** What a row is about. */
  readonly rows: RowKind;
  /** See `Descriptor`. */
  readonly weighsRows?: boolean | undefined;
  /** What `values` leaves for the derivatives. */
  readonly stateSize: StateSize;
  /** Pointers and counts that the evaluator reads. */
  readonly data: Readonly<Record<string, number>>;
  /** Tables of the descriptors that this one is made of. */
  readonly parts?: readonly DescriptorTables[];
}

/**
 * A descriptor bound to one thread. All arrays are row-major in WebAssembly memory. `values` leaves what the derivatives need in `state`,
 * so that `backward` and `jacobian` after it do not repeat the expansion. Evaluators keep nothing from call to call.
 */
export interface DescriptorEvaluator {
  /** What it was attached to. */
  readonly tables: DescriptorTables;
  /** The rows that it makes of a batch; arrays that the batch does not have are filled in the arena. */
  rows(batch: EnvironmentBatch, arena: Arena): Rows;
  /**
   * out: f64 [nRows × nFeatures]
   * @param state `stateBytes` of the batch; 0 where no derivatives will be asked for
   */
  values(batch: RowBatch, out: Pointer, state: Pointer, scratch: Arena): void;
  /**
   * out: f64 [nEntries × 3 × nFeatures], 1/Å: the derivative of a row by the displacement of a pair, so by the position of the neighbor;
   * by the position of the center it is minus that.
   */
  jacobian(batch: RowBatch, values: Pointer, state: Pointer, out: Pointer, scratch: Arena): void;
  /**
   * gradients: f64 [nRows × nFeatures], ∂E/∂X; out: f64 [nPairs × 3], Σ_row Σ_f ∂E/∂X_f · ∂X_f/∂d for every pair of the batch. Never forms
   * the Jacobian.
   */
  backward(batch: RowBatch, values: Pointer, state: Pointer, gradients: Pointer, out: Pointer, scratch: Arena): void;
  /**
   * The same for several gradients in one pass, where that is faster: gradients f64 [members × nRows × nFeatures], out f64 [members × nPairs × 3]. The
   * result has the bits of `backward` for each. Absent: it is not faster. Call `backwardOfSeveral`.
   */
  backwardSeveral?(batch: RowBatch, values: Pointer, state: Pointer, members: number, gradients: Pointer, out: Pointer, scratch: Arena): void;
  /**
   * Derivatives of the rows by the non-linear parameters that `Descriptor.parameterNames` lists: out f64 [nRows × nParameters × nFeatures]. Absent
   * where the descriptor names none.
   */
  parameterDerivatives?(batch: RowBatch, out: Pointer, scratch: Arena): void;
}

/** Memory of a descriptor beside rows and states. */
export interface DescriptorMemory {
  /** Bytes of the tables that `prepare` makes. */
  readonly tables: number;
  /** Bytes that one call of an evaluator works in, where there is a state. */
  readonly scratch: ScratchSize;
}

/** What the rows of a descriptor are like over a data set, column by column. */
export interface ColumnStatistics {
  /** Of the whole data. */
  readonly nRows: number;
  /** nFeatures each */
  readonly means: Float64Array;
  /** Square root of the mean square of what is left without the mean. */
  readonly deviations: Float64Array;
  /** Smallest of each column. */
  readonly minima: Float64Array;
  /** Largest of each column. */
  readonly maxima: Float64Array;
}

/** How columns are made alike before their principal axes are sought. */
export interface AxesOptions {
  /** Whether means are taken off. */
  readonly isCentered: boolean;
  /** Whether columns are divided by their deviations, or root mean squares where means stay. */
  readonly isScaled: boolean;
}

/** The principal axes of the rows of a descriptor over a data set, a weight of rows left out. */
export interface PrincipalAxes {
  /** Of the whole data. */
  readonly nRows: number;
  /** Of each column. */
  readonly means: Float64Array;
  /** What each column was divided by; 1 where it is constant, or nothing was. */
  readonly scales: Float64Array;
  /** Mean square along each axis, descending. */
  readonly variances: Float64Array;
  /** Orthonormal, one in each row, in the order of the variances: nColumns × nColumns. The largest component of each is positive. */
  readonly axes: Float64Array;
}

/** What is expected around some centers, for plans. */
export interface ExpectedNeighbors {
  /** Centers of all species. */
  readonly nCenters: number;
  /** Of each center. */
  readonly nNeighbors: number;
  /** Which part of the atoms is of a species: a chemical symbol, or "*" for all of them. */
  share(symbol: string): number;
}

/** Rows of tuples, and what they depend on. */
export interface ExpectedRows {
  /** Of all centers, not rounded. */
  readonly nRows: number;
  /** Neighbors that a row depends on, see `Rows`. */
  readonly entriesPerRow: number;
}

/** What a descriptor may ask of the data that it is for. */
export interface DataStatistics<Kind> {
  /** Of the data. */
  readonly species: SpeciesList;
  /** Describes all structures. */
  columns(descriptor: Kind): Promise<ColumnStatistics>;
  /** Describes all structures, and holds three matrices of columns × columns. */
  principalAxes(descriptor: Kind, options: AxesOptions): Promise<PrincipalAxes>;
  /** Rows of all structures, block by block: row-major, good until the next block is asked for. */
  rows(descriptor: Kind): AsyncIterable<Float64Array>;
  /** Å: from a center to an atom that is nearer than `cutoff`, periodic images included; undefined where there is none. */
  shortestDistance(cutoff: number): Promise<number | undefined>;
}

/** What every descriptor says of its columns, whatever it describes. */
export interface FeatureSpace {
  /** The `type` that makes it; stands in model files. */
  readonly name: string;
  /** Validated parameters with every default filled in: what a model file stores. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** What a row is about. */
  readonly rows: RowKind;
  /**
   * How rows change as the structure turns or is reflected. Absent: they do not. "spherical": c′ = D c for each set of columns
   * (`Feature.harmonic`), with the matrices of `src/math/wigner.ts`.
   */
  readonly turns?: "spherical" | undefined;
  /**
   * Whether the last column of a row is its weight w, which fades where the row comes or goes: kernels compare the other columns x alone and count a
   * row as much as that, w w′ k(x, x′). Derivatives are those of a column like others. Absent: rows have no weight.
   */
  readonly weighsRows?: boolean | undefined;
  /** Species that it has features for whatever the data holds, ascending; absent where it follows the data. */
  readonly ownSpecies?: SpeciesList | undefined;
  /** Columns of a row. Cheap: layouts are remembered by species. */
  featureCount(species: SpeciesList): number;
  /** What every column means, in their order; as many as `featureCount`. */
  features(species: SpeciesList): Feature[];
}

/** What a descriptor with fewer columns was made of. */
export interface ReducedFrom {
  /** With all columns. */
  readonly descriptor: Descriptor;
  /** How its columns come from those. */
  readonly columnMap: (species: SpeciesList) => ColumnMap;
}

/** Atomic numbers of the neighbors that a column needs to be other than 0; null: it is always 0. */
export type NeededSpecies = readonly number[] | null;

/** Turns environments into rows of numbers, see docs/how-to/new-descriptor.md. */
export interface Descriptor extends FeatureSpace {
  /** Tells it from a `StructureDescriptor`, which says `structures`; may be left out. */
  readonly describes?: "environments";
  /** Å: range of the neighbor list it needs. */
  readonly cutoff: number;
  /** Whether values and first derivatives go to zero smoothly as an atom leaves the cutoff. */
  readonly isSmoothAtCutoff: boolean;
  /** Where it is not smooth, the parameters that would make it so, for messages: "cutoff: { function: cosine }". Absent where there are none. */
  readonly smoothedBy?: string | undefined;
  /** The parameters with values in place that follow others as long as nobody gives them, for searches; absent where there are none. */
  readonly followingParameters?: Readonly<Record<string, unknown>> | undefined;
  /** More neighbors within the cutoff are refused. Absent where there may be any number, or data are to tell. */
  readonly mostNeighbors?: number | undefined;
  /** What it keeps for derivatives. */
  stateSize(species: SpeciesList): StateSize;
  /**
   * The same with what it takes from data filled in, so that its parameters hold that. Absent where it takes nothing, or knows already;
   * where it is there, `prepare` refuses.
   */
  readonly learn?: ((data: DataStatistics<Descriptor>) => Promise<Descriptor>) | undefined;
  /**
   * The same without combinations of radial functions that others span, which keeps every dot product of rows to the tolerance. Throws where there are
   * none. Absent where the descriptor has no such functions.
   */
  readonly radiallyReduced?: ((reduction: RadialSetting) => Descriptor) | undefined;
  /** With fewer columns than another: that one, and how columns come from its columns. Absent where it is whole. */
  readonly reducedFrom?: ReducedFrom | undefined;
  /** Memory that `learn` takes beside the rows of the data, bytes, for plans. Absent where that is nothing. */
  learningBytes?(species: SpeciesList): number;
  /** What it took from data and what that costs, in a sentence for people; absent where there is nothing to say. */
  readonly findings?: string | undefined;
  /** What it takes beside rows and states, for plans: cheap, and never too low. Absent where that is nothing. */
  memory?(species: SpeciesList): DescriptorMemory;
  /** How many rows there will be, where these are tuples, for plans. Absent where rows are not. */
  readonly expectedRows?: ((around: ExpectedNeighbors) => ExpectedRows) | undefined;
  /**
   * How rough each column is as a function of the positions: greater than 0, one for each column, in units of its own. Linear fits with a
   * prior of smoothness expect coefficients in proportion to its inverse. Absent where the descriptor does not tell.
   */
  readonly smoothness?: ((species: SpeciesList) => Float64Array) | undefined;
  /**
   * What each column needs around centers of one species, `center`: atomic numbers, and as long as one of these species is missing among the
   * neighbors of the list, the column is exactly 0 with all its derivatives. Empty where nothing is known to be needed; null where the column is 0
   * for all such centers. Fits leave out what no structure can reach. Absent where the descriptor does not tell.
   */
  readonly neededSpecies?: ((species: SpeciesList, center: number) => readonly NeededSpecies[]) | undefined;
  /**
   * Names of the parameters that the rows can be differentiated by, as paths into the parameters: `bases[0].alpha`. Absent where evaluators do not tell these
   * derivatives.
   */
  readonly parameterNames?: ((species: SpeciesList) => string[]) | undefined;
  /**
   * Builds the tables in shared memory.
   * @throws {ResourceError} where they do not fit
   */
  prepare(wasm: Wasm, pool: MemoryPool, species: SpeciesList): PreparedDescriptor;
}

/** Tables of a descriptor, as long as they are in memory. */
export interface PreparedDescriptor {
  /** Plain data, for `attachDescriptor` on any thread. */
  readonly tables: DescriptorTables;
  /** Gives the memory of the tables back. */
  release(): void;
}

/** Binds the tables of a part to the same thread. */
export type AttachPart = (tables: DescriptorTables) => DescriptorEvaluator;

/** How an evaluator is made from tables on any thread. */
export interface DescriptorAttachment {
  /** Tells it from that of a `StructureDescriptor`. */
  readonly describes?: "environments";
  /** That tables carry as `descriptor`. */
  readonly name: string;
  /** Called once per thread and tables; `attachPart` makes the evaluators of the descriptors that it is made of. */
  readonly attach: (wasm: Wasm, tables: DescriptorTables, attachPart: AttachPart) => DescriptorEvaluator;
}

/** One line of the registry: how to make a descriptor from parameters, and an evaluator from its tables. */
export interface DescriptorType extends DescriptorAttachment {
  /** of the parameters, with the literal `type` */
  readonly schema: z.ZodObject<{
    /** Tells the kinds apart. */
    type: z.ZodLiteral<string>;
  }>;
  /** @throws {InvalidParameterError} for parameters that are not allowed */
  readonly create: (parameters: unknown) => Descriptor;
  /** What measurements need to know; absent for what is made of others. */
  readonly cost?: DescriptorCost | undefined;
}
