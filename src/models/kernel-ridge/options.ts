import type { SpeciesList } from "../../descriptors/descriptor.js";
import type { Provenance } from "../model-type.js";
import type { ResidualNoise } from "../potential.js";
import type { KernelRidgeTerm } from "./term.js";

/** What is predicted: the energy, or a property of structures. */
export interface KernelRidgeTarget {
  /** "energy", or the name of a column of the data. */
  readonly name: string;
  /** "eV" for the energy; "1": none */
  readonly unit: string;
  /** Of the training data; 0 where it was not taken off. */
  readonly mean: number;
  /** What each atom adds beside the kernels, by species index, in the same unit; undefined: nothing, or energies of isolated atoms */
  readonly atomValues?: readonly number[] | undefined;
  /** nStructures */
  readonly coefficients: Float64Array;
}

/** Error bars of energies: scale·(prior·k** − Σ_f weight·|L_f⁻¹ k*|²). */
export interface KernelRidgeErrorBars {
  /** Fitted to the errors of structures that are left out, where σ were not given. */
  readonly scale: number;
  /** 1; 0: only what the landmarks span is uncertain */
  readonly prior: number;
  /** Rows of the kernel matrix. */
  readonly size: number;
  /** Lower triangles, row by row: size × (size + 1)/2 numbers each. */
  readonly factors: readonly {
    /** How its square counts. */
    readonly weight: number;
    /** L, row after row without gaps. */
    readonly values: Float64Array;
  }[];
}

/** What a kernel ridge model consists of. */
export interface KernelRidgeOptions {
  /** Atomic numbers, ascending */
  readonly species: SpeciesList;
  /** eV, by species index; undefined: energies are not relative to isolated atoms */
  readonly isolatedAtomEnergies: readonly number[] | undefined;
  /** The energy first. */
  readonly targets: readonly KernelRidgeTarget[];
  /** Summed to the kernel of two structures. */
  readonly terms: readonly KernelRidgeTerm[];
  /** null: there are none */
  readonly errorBars: KernelRidgeErrorBars | null;
  /** What residuals of the fit speak of. */
  readonly residualNoise?: ResidualNoise | undefined;
  /** Default: nothing is known. */
  readonly provenance?: Provenance;
}
