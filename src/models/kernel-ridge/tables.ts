import type { KernelPoints } from "../../kernels/kernel.js";
import type { KernelParameters } from "../../kernels/registry.js";
import type { Pointer } from "../../wasm/memory.js";
import type { PotentialTables } from "../potential.js";
import type { RowTables } from "./described-rows.js";
import type { StackedCenter } from "./derivative-kernel.js";

/** Rows of the training data that rows of the same kind are compared with. */
export interface GroupTables {
  /** Species index of the centers; null: rows of all atoms, or of structures. */
  readonly species: number | null;
  readonly count: number;
  readonly points: KernelPoints;
  /** f64 [nTargets × count]: what each row counts in each target. */
  readonly coefficients: Pointer;
  /** f64 [2 × count × nFeatures]: the rows, then what their derivatives count; 0 where forces were not fitted */
  readonly directions: Pointer;
  /** i32 [count]: the structure that each row is of; 0 without error bars */
  readonly owners: Pointer;
}

/** One term as the threads see it. */
export interface KernelRidgeTermTables {
  readonly descriptor: RowTables;
  readonly kernel: KernelParameters;
  /** Species indices of its centers; null: all atoms, or structures. */
  readonly centers: readonly number[] | null;
  readonly normalize: boolean;
  readonly groups: readonly GroupTables[];
  /** f64 [nStructures]: 1/√K_AA of the training structures where kernels are normalized and error bars wanted; 0: none */
  readonly norms: Pointer;
  /** Rows and derivatives of the training data, for error bars where forces were fitted. */
  readonly stack: { readonly pointer: Pointer; readonly rows: number; readonly centers: readonly StackedCenter[] } | null;
}

/** What a model predicts beside its kernels. */
export interface TargetTables {
  /** "energy", or the name of a property. */
  readonly name: string;
  /** What is added: the mean of the training data. */
  readonly mean: number;
  /** What each atom adds to a property, by species index; undefined: nothing */
  readonly atomValues: readonly number[] | undefined;
}

/** Error bars of energies: scale·(prior·k** − Σ_f weight·|L_f⁻¹ k*|²). */
export interface ErrorBarTables {
  readonly scale: number;
  readonly prior: number;
  /** Rows of the kernel matrix. */
  readonly size: number;
  readonly factors: readonly {
    readonly weight: number;
    /** f64 [size × size], lower triangle */
    readonly pointer: Pointer;
  }[];
}

export interface KernelRidgeTables extends PotentialTables {
  readonly type: "kernel-ridge";
  /** Atomic numbers, ascending */
  readonly species: readonly number[];
  /** eV, by species index */
  readonly atomEnergies: readonly number[];
  /** The energy first. */
  readonly targets: readonly TargetTables[];
  /** Whether local energies are those of atoms; else every atom has the same share. */
  readonly isSumOverAtoms: boolean;
  readonly terms: readonly KernelRidgeTermTables[];
  readonly errorBars: ErrorBarTables | null;
}
