import type { z } from "zod";
import type { EnvironmentBatch } from "../neighbors/environment-batch.js";
import type { Arena, MemoryPool, Pointer } from "../wasm/memory.js";
import type { Wasm } from "../wasm/wasm.js";

/** Atomic numbers in ascending order; a species index is a position in this list. */
export type SpeciesList = readonly number[];

/** What one column of a descriptor means. */
export interface Feature {
  readonly label: string;
  /** 2 for pairs, 3 for triplets, … */
  readonly bodyOrder: number;
  /** Species channels the column mixes, as chemical symbols. */
  readonly channel: readonly string[];
}

/** Tables that a descriptor keeps in shared memory, and plain numbers: made once by `prepare`, read by every thread. */
export interface DescriptorPlan {
  readonly descriptor: string;
  readonly nFeatures: number;
  /** Å: neighbors up to this distance contribute (it may exceed the nominal cutoff, see the descriptor's convention). */
  readonly cutoff: number;
  /** What the species indices of its environments refer to: the species of the data, or a longer list of the descriptor's own. */
  readonly species: SpeciesList;
  readonly data: Readonly<Record<string, number>>;
}

/**
 * A descriptor bound to one thread. All arrays are row-major in WebAssembly memory.
 * `values` leaves what the derivatives need in `state`, so that `backward` and `jacobian` after it do not repeat the expansion.
 */
export interface DescriptorEvaluator {
  readonly nFeatures: number;
  /** Bytes of the state of a batch with this many centers. */
  stateBytes(nCenters: number): number;
  /** out: f64 [nCenters × nFeatures] */
  values(batch: EnvironmentBatch, out: Pointer, state: Pointer, scratch: Arena): void;
  /** The `inner` average: one vector of the mean density of all centers. out: f64 [nFeatures]. Absent where there is no such thing. */
  meanValues?(batch: EnvironmentBatch, out: Pointer, scratch: Arena): void;
  /** out: f64 [nPairs × 3 × nFeatures], ∂X(center)/∂r(neighbor); the center's own derivative is minus the sum over its pairs. */
  jacobian(batch: EnvironmentBatch, values: Pointer, state: Pointer, out: Pointer, scratch: Arena): void;
  /** gradients: f64 [nCenters × nFeatures], ∂E/∂X; out: f64 [nPairs × 3], Σ_f ∂E/∂X_f · ∂X_f/∂r(neighbor). Never forms the Jacobian. */
  backward(batch: EnvironmentBatch, values: Pointer, state: Pointer, gradients: Pointer, out: Pointer, scratch: Arena): void;
}

export interface Descriptor {
  readonly name: string;
  /** Validated parameters with every default filled in: what a model file stores. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Å: range of the neighbor list it needs. */
  readonly cutoff: number;
  /** Whether values and first derivatives go to zero smoothly as an atom leaves the cutoff. */
  readonly isSmooth: boolean;
  /** Whether a structure gets one vector per center, the vector of the mean density, or the mean of the vectors. */
  readonly average: "off" | "inner" | "outer";
  featureCount(species: SpeciesList): number;
  features(species: SpeciesList): Feature[];
  /** Builds the tables in shared memory. */
  prepare(wasm: Wasm, pool: MemoryPool, species: SpeciesList): PreparedDescriptor;
}

export interface PreparedDescriptor {
  readonly plan: DescriptorPlan;
  /** Gives the memory of the tables back. */
  release(): void;
}

/** One line of the registry: how to make a descriptor from parameters, and an evaluator from a plan on any thread. */
export interface DescriptorType {
  readonly name: string;
  /** of the parameters, with the literal `type` */
  readonly schema: z.ZodObject<{ type: z.ZodLiteral<string> }>;
  readonly create: (parameters: unknown) => Descriptor;
  readonly attach: (wasm: Wasm, plan: DescriptorPlan) => DescriptorEvaluator;
}
