import { z } from "zod";
import type { SpeciesList } from "../../descriptors/descriptor.js";
import { FormatError, InternalError } from "../../errors.js";
import type { Wasm } from "../../wasm/wasm.js";
import { parseContent, speciesSchema } from "../local-energy/content.js";
import type { Model, ModelContent, ModelType, Provenance } from "../model-type.js";
import type { PotentialTables, PreparedPotential } from "../potential.js";
import type { PairFunction, PairFunctions } from "./pair-function.js";
import { PairSumEvaluator } from "./pair-sum.js";
import { type Truncation, truncated, truncationSchema } from "./truncation.js";

/** Parameters of one pair by name: numbers. */
export type PairParameters = Readonly<Record<string, number>>;

/** A function of the distance with parameters. */
export interface ClosedForm<Parameters extends PairParameters = PairParameters> {
  /** As in fit files and model files. */
  readonly type: string;
  /** In model files. */
  readonly schema: z.ZodType<Parameters>;
  /** The function of all distances. */
  whole(parameters: Parameters): PairFunction["at"];
}

/** Two species that interact. */
export interface ClosedFormPair<Parameters extends PairParameters = PairParameters> extends Truncation {
  /** Atomic numbers */
  readonly species: readonly [number, number];
  /** Of the function. */
  readonly parameters: Parameters;
}

interface ClosedFormTables extends PotentialTables {
  readonly species: readonly number[];
  readonly pairs: readonly ClosedFormPair[];
}

/** Pair potential of closed form: E = Σ_pairs φ(r), φ with parameters and an end for every pair of species. */
export class ClosedFormModel<Parameters extends PairParameters = PairParameters> implements Model {
  readonly hasVariance = false;

  /**
   * @param type of the form
   * @param species atomic numbers, ascending
   * @param pairs one for a pair of species at most; pairs without one do not interact
   */
  constructor(
    readonly type: string,
    readonly species: SpeciesList,
    readonly pairs: readonly ClosedFormPair<Parameters>[],
    readonly provenance: Provenance = {},
  ) {}

  get cutoff(): number {
    return cutoffOf(this.pairs);
  }

  get isolatedAtomEnergies(): readonly number[] {
    return this.species.map(() => 0);
  }

  withProvenance(provenance: Provenance): ClosedFormModel<Parameters> {
    return new ClosedFormModel(this.type, this.species, this.pairs, provenance);
  }

  /** There are no tables in memory: everything is in these records. */
  prepare(): PreparedPotential {
    const tables: ClosedFormTables = { type: this.type, species: this.species, pairs: this.pairs };
    return { tables, release: () => undefined };
  }
}

function cutoffOf(pairs: readonly ClosedFormPair[]): number {
  return Math.max(0, ...pairs.map(({ cutoff }) => cutoff));
}

/** Functions of all pairs. */
export function closedFormFunctions<Parameters extends PairParameters>(form: ClosedForm<Parameters>, { species, pairs }: Pick<ClosedFormTables, "species" | "pairs">): PairFunctions {
  const functions = new Array<PairFunction | undefined>(species.length ** 2).fill(undefined);
  for (const pair of pairs) {
    const [i, j] = pair.species.map((atomicNumber) => species.indexOf(atomicNumber));
    const own = truncated(form.whole(pair.parameters as Parameters), pair);
    functions[i * species.length + j] = own;
    functions[j * species.length + i] = own;
  }
  return { species, cutoff: cutoffOf(pairs), functions };
}

const { cutoff, truncation, switchFrom } = truncationSchema;

/** The model type of a form. */
export function closedFormType<Parameters extends PairParameters>(form: ClosedForm<Parameters>): ModelType {
  const pairSchema = z.object({ species: z.tuple([z.int(), z.int()]), parameters: form.schema, cutoff, truncation, switchFrom });
  const parametersSchema = z.object({ species: speciesSchema, pairs: z.array(pairSchema) });
  return {
    type: form.type,
    encode(model: Model): ModelContent {
      if (!(model instanceof ClosedFormModel) || model.type !== form.type) throw new InternalError(`a ${model.type} model is no ${form.type} potential`);
      return { parameters: { species: [...model.species], pairs: model.pairs }, arrays: [] };
    },
    decode({ parameters }: ModelContent, provenance: Provenance, file: string): ClosedFormModel<Parameters> {
      const { species, pairs } = parseContent(parametersSchema, parameters, file) as { species: number[]; pairs: ClosedFormPair<Parameters>[] };
      const foreign = pairs.flatMap((pair) => pair.species).find((atomicNumber) => !species.includes(atomicNumber));
      if (foreign !== undefined) throw new FormatError({ file }, `a pair with the atomic number ${foreign}, which is none of the species`);
      return new ClosedFormModel(form.type, species, pairs, provenance);
    },
    attach: (wasm: Wasm, tables: PotentialTables) => new PairSumEvaluator(wasm, closedFormFunctions(form, tables as ClosedFormTables)),
  };
}
