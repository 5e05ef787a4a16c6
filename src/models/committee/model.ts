import { z } from "zod";
import type { SpeciesList } from "../../descriptors/descriptor.js";
import { InvalidParameterError } from "../../errors.js";
import { symbolOf } from "../../structures/periodic-table.js";
import type { MemoryPool } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
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
  /** Default: nothing is known. */
  readonly provenance?: Provenance;
}

export interface CommitteeTables extends PotentialTables {
  readonly type: "committee";
  /** Whether the first potential is the center: its predictions stand; otherwise the mean of all does. */
  readonly hasCenter: boolean;
  /** The center, where there is one, and members, where they are needed. */
  readonly groups: readonly TogetherTables[];
}

/**
 * Several potentials for the same: predictions are those of the center or the mean of all, and the spread of the members, the standard deviation
 * with K − 1 degrees of freedom, is their error bar. Its scale is to be calibrated with data that no member was fitted to: Musil, Willatt, Langovoy,
 * Ceriotti, JCTC 15, 906 (2019), 10.1021/acs.jctc.8b00959.
 */
export class CommitteeModel implements Model {
  readonly type = "committee";
  readonly hasErrorBars = true;
  /** Of the same species. */
  readonly members: readonly Model[];
  /** undefined: the mean of the members stands */
  readonly center: Model | undefined;
  /** What members were made from. */
  readonly origin: CommitteeOrigin;
  readonly provenance: Provenance;

  /** @throws {InvalidParameterError} for fewer than two members, and for members of different species */
  constructor({ members, center, origin, provenance = {} }: CommitteeParts) {
    this.members = members;
    this.center = center;
    this.origin = origin;
    this.provenance = provenance;
    if (members.length < 2) throw new InvalidParameterError(`a committee of ${members.length}; a spread needs two members or more`);
    const text = (species: SpeciesList): string => species.map(symbolOf).join(", ");
    const odd = members.findIndex(({ species }) => species.join() !== this.species.join());
    if (odd >= 0) throw new InvalidParameterError(`member ${odd + 1} of the committee knows ${text(members[odd].species)}, others ${text(this.species)}`);
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

  /** Of local energies, as the first model has it: it tells the training domain, the spread does not. */
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

  get isolatedAtomEnergies(): readonly number[] | undefined {
    return this.first.isolatedAtomEnergies;
  }

  get residualNoise(): ResidualNoise | undefined {
    return this.first.residualNoise;
  }

  withProvenance(provenance: Provenance): CommitteeModel {
    return new CommitteeModel({ ...this, provenance });
  }

  prepare(wasm: Wasm, pool: MemoryPool, want: Want): PreparedPotential {
    // the variance and grades are those of the first model, error bars are the spread
    const { center } = this;
    const needsMembers = !center || want.errorBars === true;
    const { groups, release } = prepareTogether([...(center ? [center] : []), ...(needsMembers ? this.members : [])], wasm, pool, want);
    const tables: CommitteeTables = { type: this.type, hasCenter: center !== undefined, groups };
    return { tables, release };
  }
}
