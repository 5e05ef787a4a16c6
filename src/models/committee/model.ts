import { z } from "zod";
import type { SpeciesList } from "../../descriptors/descriptor.js";
import { InvalidParameterError } from "../../errors.js";
import { symbolOf } from "../../structures/periodic-table.js";
import type { MemoryPool } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import { findingsOfModels } from "../findings.js";
import type { Model, Provenance } from "../model-type.js";
import type { PotentialTables, PreparedPotential, ResidualNoise, Want } from "../potential.js";
import { prepareTogether, type TogetherTables } from "../together.js";

/** What members were made from. */
export const committeeOrigins = ["bootstrap", "disjoint", "posterior"] as const;
export const originSchema = z.enum(committeeOrigins);
/** Resampled structures, parts of the structures that have none in common, or draws from what a fit leaves open of its coefficients. */
export type CommitteeOrigin = (typeof committeeOrigins)[number];

/** What a committee consists of. */
export interface CommitteeParts {
  /** At least two, of the same species. */
  readonly members: readonly Model[];
  /** Whose predictions stand; absent: the mean of the members. */
  readonly center?: Model | undefined;
  /** What members were made from. */
  readonly origin: CommitteeOrigin;
  /**
   * eV, by species: the largest deviation of a local energy over the members that is taken for one of the training domain, which its atoms gave; 0: any is
   * outside. Absent: not known.
   */
  readonly spreadLimits?: readonly number[] | undefined;
  /** Default: nothing is known. */
  readonly provenance?: Provenance;
}

export interface CommitteeTables extends PotentialTables {
  readonly type: "committee";
  /** Whether the first potential is the center: its predictions stand; otherwise the mean of all does. */
  readonly hasCenter: boolean;
  /** The center, where there is one, and members, where they are needed. */
  readonly groups: readonly TogetherTables[];
  /** Atomic numbers, ascending. */
  readonly species: SpeciesList;
  /** eV, by species; absent where they are not known. */
  readonly spreadLimits?: readonly number[] | undefined;
}

/** Of one member: a sum and a square about the mean. */
const FLOPS_PER_DEVIATION = 4;

/**
 * Several potentials for the same: predictions are those of the center or the mean of all, and the spread of the members, the standard deviation
 * with K − 1 degrees of freedom, is their error bar. Its scale is to be calibrated with data that no member was fitted to: Musil, Willatt, Langovoy,
 * Ceriotti, JCTC 15, 906 (2019), 10.1021/acs.jctc.8b00959. The spread of each local energy tells atoms outside the training domain, by limits from
 * the training data.
 */
export class CommitteeModel implements Model {
  readonly type = "committee";
  readonly hasErrorBars = true;
  readonly hasLocalDeviations = true;
  /** Of the same species. */
  readonly members: readonly Model[];
  /** undefined: the mean of the members stands */
  readonly center: Model | undefined;
  /** What members were made from. */
  readonly origin: CommitteeOrigin;
  /** eV, by species; undefined: not known */
  readonly spreadLimits: readonly number[] | undefined;
  readonly provenance: Provenance;

  /** @throws {InvalidParameterError} for fewer than two members, members of different species, and limits that are not a number of eV for each species */
  constructor({ members, center, origin, spreadLimits, provenance = {} }: CommitteeParts) {
    this.members = members;
    this.center = center;
    this.origin = origin;
    this.spreadLimits = spreadLimits;
    this.provenance = provenance;
    if (members.length < 2) throw new InvalidParameterError(`a committee of ${members.length}; a spread needs two members or more`);
    const text = (species: SpeciesList): string => species.map(symbolOf).join(", ");
    const odd = members.findIndex(({ species }) => species.join() !== this.species.join());
    if (odd >= 0) throw new InvalidParameterError(`member ${odd + 1} of the committee knows ${text(members[odd].species)}, others ${text(this.species)}`);
    if (spreadLimits && !(spreadLimits.length === this.species.length && spreadLimits.every((limit) => limit >= 0 && limit < Infinity))) {
      throw new InvalidParameterError(`limits of the spread are ${spreadLimits.join(", ")} eV; there must be a number of at least 0 for each of ${text(this.species)}`);
    }
  }

  /** Whose properties stand for all. */
  private get first(): Model {
    return this.center ?? this.members[0];
  }

  get species(): SpeciesList {
    return this.first.species;
  }

  get cutoff(): number {
    return Math.max(...this.members.map(({ cutoff }) => cutoff), this.first.cutoff);
  }

  /** Of local energies, as the first model has it: the share in its prior variance tells the training domain, too. */
  get hasVariance(): boolean {
    return this.first.hasVariance;
  }

  get varianceTellsDomain(): boolean | undefined {
    return this.first.varianceTellsDomain;
  }

  varianceFlops(nAtoms: number): number {
    return this.first.varianceFlops?.(nAtoms) ?? Infinity;
  }

  get hasExtrapolationGrade(): boolean {
    return this.first.hasExtrapolationGrade === true;
  }

  gradeFlops(nAtoms: number): number {
    return this.first.gradeFlops?.(nAtoms) ?? Infinity;
  }

  get hasSpreadLimits(): boolean {
    return this.spreadLimits !== undefined;
  }

  /** Around a center, members are predicted for the spread alone. */
  deviationFlops(nAtoms: number): number {
    return this.center ? Infinity : FLOPS_PER_DEVIATION * this.members.length * nAtoms;
  }

  get isolatedAtomEnergies(): readonly number[] | undefined {
    return this.first.isolatedAtomEnergies;
  }

  get residualNoise(): ResidualNoise | undefined {
    return this.first.residualNoise;
  }

  /** Those of the center or, without one, of the first member: others have seen much the same data. */
  get findings(): readonly string[] {
    return findingsOfModels([this.center ?? this.members[0]]);
  }

  withProvenance(provenance: Provenance): CommitteeModel {
    return new CommitteeModel({ ...this, provenance });
  }

  /** The same committee with other limits of the spread, eV by species. */
  withSpreadLimits(spreadLimits: readonly number[]): CommitteeModel {
    return new CommitteeModel({ ...this, spreadLimits });
  }

  prepare(wasm: Wasm, pool: MemoryPool, want: Want): PreparedPotential {
    // the variance and grades are those of the first model, error bars and deviations are the spread
    const { center, species, spreadLimits } = this;
    const needsMembers = !center || want.errorBars === true || want.localDeviations === true;
    const { groups, release } = prepareTogether([...(center ? [center] : []), ...(needsMembers ? this.members : [])], wasm, pool, want);
    const tables: CommitteeTables = { type: this.type, hasCenter: center !== undefined, groups, species, spreadLimits };
    return { tables, release };
  }
}
