import { Ace } from "../../descriptors/ace/ace.js";
import type { Descriptor, SpeciesList } from "../../descriptors/descriptor.js";
import { createEnvironmentDescriptor } from "../../descriptors/registry.js";
import { unreduced } from "../../descriptors/reduction/unreduced.js";
import { learnedNumbers, type Standardization } from "../../descriptors/standardization.js";
import { InvalidParameterError } from "../../errors.js";
import { CommitteeModel } from "../../models/committee/model.js";
import { LinearModel } from "../../models/linear/model.js";
import { blockSpecies, type LinearTerm } from "../../models/linear/term.js";
import type { Model } from "../../models/model-type.js";
import { SumModel } from "../../models/sum/model.js";
import { isOverlay } from "../lammps/overlays.js";

/** A descriptor `ace` with a coefficient for every column and species of centers. */
export interface AceTerm {
  readonly ace: Ace;
  /** Atomic numbers that its columns are for. */
  readonly species: SpeciesList;
  /** eV over the unit of a column, by atomic number of the center */
  readonly coefficients: ReadonlyMap<number, Float64Array>;
}

/** What a model consists of, all linear parts taken together. */
export interface AceSum {
  /** Atomic numbers, ascending. */
  readonly species: SpeciesList;
  /** eV, of an atom without neighbors, by species index */
  readonly atomEnergies: readonly number[];
  /** Descriptors that differ. */
  readonly terms: readonly AceTerm[];
  /** Pair potentials that stand beside them. */
  readonly overlays: readonly Model[];
  /** Members of committees whose mean it is; 0: there is none */
  readonly nMembers: number;
}

/**
 * Takes a model apart: linear models of `ace` alone, as the mean of a committee or in a sum with pair potentials. What standardization and reduction
 * do to columns goes into the coefficients.
 * @throws {InvalidParameterError} for other models and descriptors, with what can be done
 */
export function aceSumOf(model: Model): AceSum {
  const parts = new Parts(model.species);
  parts.add(model, 1);
  return parts.sum();
}

/** Rounding of the weights of members. */
const SLACK = 1e-12;

class Parts {
  private readonly atomEnergies: number[];
  private readonly terms = new Map<string, { ace: Ace; species: SpeciesList; coefficients: Map<number, Float64Array> }>();
  private readonly overlays = new Map<string, { model: Model; weight: number }>();
  private nMembers = 0;

  constructor(private readonly species: SpeciesList) {
    this.atomEnergies = species.map(() => 0);
  }

  add(model: Model, weight: number): void {
    if (model instanceof SumModel) model.parts.forEach((part) => this.add(part.model, weight));
    else if (model instanceof CommitteeModel) this.addCommittee(model, weight);
    else if (model instanceof LinearModel) this.addLinear(model, weight);
    else if (isOverlay(model)) this.addOverlay(model, weight);
    else throw new InvalidParameterError(`a .yace file has linear models of the descriptor ace, with pair potentials beside them; it has no place for a ${model.type} model: fit type: linear with descriptor: { type: ace }`);
  }

  sum(): AceSum {
    const { species, atomEnergies, nMembers } = this;
    if (this.terms.size === 0) throw new InvalidParameterError("the model has no linear part with the descriptor ace, and a .yace file has nothing else");
    const overlays = [...this.overlays.values()];
    if (overlays.some(({ weight }) => Math.abs(weight - 1) > SLACK)) {
      throw new InvalidParameterError("members of the committee have different pair potentials, whose mean has no lines in LAMMPS: export one of the members");
    }
    return { species, atomEnergies, terms: [...this.terms.values()], overlays: overlays.map(({ model }) => model), nMembers };
  }

  /** Predictions of a committee are those of its center, or the mean of its members, which is linear, too. */
  private addCommittee({ center, members }: CommitteeModel, weight: number): void {
    if (center) return this.add(center, weight);
    this.nMembers += members.length;
    members.forEach((member) => this.add(member, weight / members.length));
  }

  private addOverlay(model: Model, weight: number): void {
    const key = JSON.stringify({ ...model, provenance: undefined });
    const known = this.overlays.get(key);
    this.overlays.set(key, { model, weight: weight + (known?.weight ?? 0) });
  }

  private addLinear({ species, isolatedAtomEnergies, intercepts, terms }: LinearModel, weight: number): void {
    for (const energies of [isolatedAtomEnergies, intercepts]) {
      energies?.forEach((energy, i) => this.addEnergy(species[i], weight * energy));
    }
    terms.forEach((term) => this.addTerm(term, species, weight));
  }

  private addEnergy(atomicNumber: number, energy: number): void {
    const index = this.species.indexOf(atomicNumber);
    if (index >= 0) this.atomEnergies[index] += energy;
  }

  private addTerm(term: LinearTerm, species: SpeciesList, weight: number): void {
    if (term.quadratic) throw new InvalidParameterError("quadratic: true multiplies columns, which a .yace file has no place for: raise the order of ace instead");
    const width = term.descriptor.featureCount(species);
    blockSpecies(term, species).forEach((center, block) => {
      const plain = wholeOf(term.descriptor, species, term.coefficients.subarray(block * width, (block + 1) * width));
      const key = JSON.stringify([plain.ace.parameters, plain.species]);
      const known = this.terms.get(key) ?? { ...plain, coefficients: new Map<number, Float64Array>() };
      this.terms.set(key, known);
      const sums = known.coefficients.get(center) ?? new Float64Array(plain.coefficients.length);
      plain.coefficients.forEach((own, column) => (sums[column] += weight * own));
      known.coefficients.set(center, sums);
      this.addEnergy(center, weight * plain.constant);
    });
  }
}

/** A sum over the columns of a descriptor as one over those of the expansion inside. */
interface Whole {
  readonly ace: Ace;
  /** Atomic numbers that its columns are for. */
  readonly species: SpeciesList;
  readonly coefficients: Float64Array;
  /** eV, of each center */
  readonly constant: number;
}

/** Without options around the descriptor: c · (x − shift) / scale of standardized columns, c · (Mᵀ x − offset) of fewer ones. */
function wholeOf(descriptor: Descriptor, species: SpeciesList, coefficients: Float64Array): Whole {
  if (descriptor instanceof Ace) return { ace: descriptor, species: descriptor.ownSpecies ?? species, coefficients, constant: 0 };
  if (descriptor.name !== "ace") {
    throw new InvalidParameterError(`a .yace file has functions of the descriptor ace, not of ${descriptor.name}: fit with descriptor: { type: ace }`);
  }
  if (descriptor.rows !== "center") throw new InvalidParameterError("ace with a mean over structures (average) has no energies of atoms, as a .yace file must: leave average out");
  const { standardization, ...inner } = descriptor.parameters as { readonly type: string; readonly standardization?: Standardization };
  if (standardization !== undefined) {
    const { shift, scale } = learnedNumbers(descriptor, standardization, species);
    const whole = wholeOf(createEnvironmentDescriptor(inner, "a .yace file"), species, coefficients.map((own, column) => own / scale[column]));
    return { ...whole, constant: whole.constant - coefficients.reduce((sum, own, column) => sum + (own * shift[column]) / scale[column], 0) };
  }
  if (descriptor.reducedFrom) {
    const before = unreduced(descriptor, species, coefficients);
    const whole = wholeOf(before.descriptor, descriptor.ownSpecies ?? species, before.coefficients);
    return { ...whole, constant: whole.constant + before.constant };
  }
  throw new InvalidParameterError("ace has options around it that a .yace file has no place for: leave them out of the fit");
}
