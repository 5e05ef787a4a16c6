import { z } from "zod";
import {
  FormatError,
  InternalError,
  type Model,
  type ModelContent,
  type ModelType,
  type PotentialEvaluator,
  type PotentialTables,
  type PreparedPotential,
  type Provenance,
  type Wasm,
} from "../../../src/core.js";
import { speciesIndices } from "../../../src/descriptors/species.js";
import { type PairForm, pairSum } from "./pair-sum.js";

/** What a model file holds. */
const parametersSchema = z.object({
  species: z.array(z.int()),
  form: z.object({ cutoff: z.number(), range: z.number() }),
});

interface ToyTables extends PotentialTables {
  readonly species: readonly number[];
  readonly form: PairForm;
  /** eV, by species */
  readonly offsets: readonly number[];
  /** eV */
  readonly amplitude: number;
}

/** E = Σ_i offset(Z_i) + amplitude · Σ_i ½ Σ_j φ(r_ij): linear in its coefficients. */
export class ToyModel implements Model {
  readonly type = "toy-pair";
  readonly hasVariance = false;

  constructor(
    readonly species: readonly number[],
    readonly form: PairForm,
    readonly offsets: readonly number[],
    readonly amplitude: number,
    readonly provenance: Provenance = {},
  ) {}

  get cutoff(): number {
    return this.form.cutoff;
  }

  withProvenance(provenance: Provenance): ToyModel {
    return new ToyModel(this.species, this.form, this.offsets, this.amplitude, provenance);
  }

  /** There are no tables: everything is in these records. */
  prepare(): PreparedPotential {
    const { type, species, form, offsets, amplitude } = this;
    const tables: ToyTables = { type, species, form, offsets, amplitude };
    return { tables, release: () => undefined };
  }
}

function attach(wasm: Wasm, tables: PotentialTables): PotentialEvaluator {
  const { species, form, offsets, amplitude } = tables as ToyTables;
  return {
    evaluate(geometry, { want, range = { first: 0, last: geometry.atomicNumbers.length } }, scratch) {
      const indices = speciesIndices(geometry, species);
      const centers = Int32Array.from({ length: range.last - range.first }, (_, i) => range.first + i);
      const { local, gradient, strain } = pairSum(wasm, scratch, geometry, form, centers);
      const localEnergies = local.map((value) => amplitude * value);
      for (const atom of centers) localEnergies[atom] += offsets[indices[atom]];
      return {
        energy: localEnergies.reduce((sum, value) => sum + value, 0),
        ...(want.forces && { forces: gradient.map((value) => -amplitude * value) }),
        ...(want.virial && { virial: strain.map((value) => -amplitude * value) }),
        ...(want.localEnergies && { localEnergies }),
      };
    },
  };
}

function encode(model: Model): ModelContent {
  if (!(model instanceof ToyModel)) throw new InternalError(`a ${model.type} model is not a toy`);
  const { species, form, offsets, amplitude } = model;
  const values = Float64Array.of(...offsets, amplitude);
  return { parameters: { species, form }, arrays: [{ name: "coefficients", shape: [values.length], values }] };
}

function decode({ parameters, arrays }: ModelContent, provenance: Provenance, file: string): ToyModel {
  const result = parametersSchema.safeParse(parameters);
  if (!result.success || arrays.length !== 1) throw new FormatError({ file }, "not the content of a toy-pair model");
  const { species, form } = result.data;
  const { values } = arrays[0];
  return new ToyModel(species, form, [...values.subarray(0, species.length)], values[species.length], provenance);
}

export const toyType: ModelType = { type: "toy-pair", encode, decode, attach };
