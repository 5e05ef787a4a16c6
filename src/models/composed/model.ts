import type { SpeciesList } from "../../descriptors/descriptor.js";
import { InternalError } from "../../errors.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { Model, ModelType, Provenance } from "../model-type.js";
import type { Parametric } from "../parametric.js";
import type { PotentialTables, PreparedPotential } from "../potential.js";
import { decodeComposed, encodeComposed } from "./content.js";
import { ComposedEvaluator, type ComposedTables } from "./evaluator.js";
import { type NotationStyle, printNotation } from "./notation.js";
import type { ComposedModelOptions } from "./options.js";
import { parametricOf } from "./parametric.js";
import { layoutParameters, type ParameterLayout } from "./parameters.js";
import { checkForm, type ComposedForm, rangeOf } from "./tree.js";

/**
 * Composed potential: E = Σ_i (E₀(Z_i) + E_i), the site energies E_i a tree of sums and products of terms in sums over neighbors of localized functions:
 * Wang, Transtrum, Lordi, Bulatov & Samanta, arXiv:2504.19372.
 */
export class ComposedModel implements Model {
  readonly type = "composed";
  readonly hasVariance = false;
  readonly species: SpeciesList;
  /** Bases and terms. */
  readonly form: ComposedForm;
  /** In the order of the layout. */
  readonly values: Float64Array;
  readonly isolatedAtomEnergies: readonly number[] | undefined;
  readonly provenance: Provenance;
  /** Where parameters stand. */
  readonly layout: ParameterLayout;

  constructor({ species, form, values, isolatedAtomEnergies, provenance = {} }: ComposedModelOptions) {
    checkForm(form);
    this.species = species;
    this.form = form;
    this.values = values;
    this.isolatedAtomEnergies = isolatedAtomEnergies;
    this.provenance = provenance;
    this.layout = layoutParameters(form, species.length);
    if (values.length !== this.layout.parameters.length) throw new InternalError(`${values.length} values for ${this.layout.parameters.length} parameters of a composed potential`);
    if (isolatedAtomEnergies && isolatedAtomEnergies.length !== species.length) throw new InternalError(`${isolatedAtomEnergies.length} energies of atoms for ${species.length} species`);
  }

  get cutoff(): number {
    return rangeOf(this.form);
  }

  get parametric(): Parametric {
    const { form, values } = this;
    return { ...parametricOf(this.layout, values, this.species.length), composed: { form, values } };
  }

  /** Its terms as text. */
  notation(style?: NotationStyle): string {
    return printNotation(this.form, style);
  }

  withProvenance(provenance: Provenance): ComposedModel {
    return this.with({ provenance });
  }

  /** The same model with some of its parts replaced. */
  with(changes: Partial<ComposedModelOptions>): ComposedModel {
    return new ComposedModel({ ...this, ...changes });
  }

  /** There are no tables in memory: everything is in these records. */
  prepare(): PreparedPotential {
    const { type, form, values, species } = this;
    const tables: ComposedTables = { type, form, values, species, atomEnergies: this.isolatedAtomEnergies ?? species.map(() => 0) };
    return { tables, release: () => undefined };
  }
}

export const composedType: ModelType = {
  type: "composed",
  encode(model) {
    if (!(model instanceof ComposedModel)) throw new InternalError(`a ${model.type} model is not a composed one`);
    return encodeComposed(model);
  },
  decode: (content, provenance, file) => new ComposedModel({ ...decodeComposed(content, file), provenance }),
  attach: (wasm: Wasm, tables: PotentialTables) => new ComposedEvaluator(wasm, tables as ComposedTables),
};
