import { z } from "zod";
import type { SpeciesList } from "../../descriptors/descriptor.js";
import { FormatError, InternalError, InvalidParameterError } from "../../errors.js";
import { symbolOf } from "../../structures/periodic-table.js";
import type { MemoryPool } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import { findingsOfModels } from "../findings.js";
import { parseContent } from "../local-energy/content.js";
import { decodePart, encodePart, partSchema } from "../model-parts.js";
import type { Model, ModelContent, ModelType, PartTypes, Provenance } from "../model-type.js";
import type { DescribedPart, Potential, PotentialTables, PreparedPotential, ResidualNoise, Want } from "../potential.js";
import { type PreparedTogether, prepareTogether, TogetherEvaluator } from "../together.js";
import { SumEvaluator, type SumPartTables, type SumTables } from "./evaluator.js";

/** A potential of a sum. */
export interface SumPart {
  /** Whose predictions are added. */
  readonly model: Model;
  /**
   * Whether the other parts were fitted to what this one leaves. It is then taken to be exact: error bars and variances are those of the
   * other parts. Default: no.
   */
  readonly isBaseline?: boolean;
}

/** What a sum consists of. */
export interface SumModelOptions {
  /** At least one. */
  readonly parts: readonly SumPart[];
  /** Default: nothing is known. */
  readonly provenance?: Provenance;
}

/**
 * Sum of potentials, E = Σ_p E_p. It knows the species that all of them know. Error bars of parts, each with its own calibration, are added in
 * quadrature as if parts erred independently: how their errors are correlated is not known, a calibration of the sum measures it. A part without a
 * variance is taken to be exact. Of extrapolation grades and spreads the largest counts.
 */
export class SumModel implements Model {
  readonly type = "sum";
  readonly species: SpeciesList;
  /** At least one. */
  readonly parts: readonly SumPart[];
  readonly provenance: Provenance;
  /** Parts that errors are told of. */
  private readonly judged: readonly Model[];

  /** @throws {InvalidParameterError} for parts that have no species in common */
  constructor({ parts, provenance = {} }: SumModelOptions) {
    if (parts.length === 0) throw new InternalError("a sum of no potentials");
    this.parts = parts;
    this.provenance = provenance;
    this.judged = parts.filter(({ isBaseline }) => !isBaseline).map(({ model }) => model);
    const [first, ...others] = parts.map(({ model }) => model.species);
    this.species = first.filter((atomicNumber) => others.every((species) => species.includes(atomicNumber)));
    if (this.species.length === 0) {
      const known = parts.map(({ model }) => `${model.type} ${model.species.map(symbolOf).join(", ")}`);
      throw new InvalidParameterError(`the parts of a sum have no species in common: ${known.join("; ")}`);
    }
  }

  get cutoff(): number {
    return Math.max(...this.parts.map(({ model }) => model.cutoff));
  }

  get hasVariance(): boolean {
    return this.judged.some(({ hasVariance }) => hasVariance);
  }

  get varianceTellsDomain(): boolean {
    return this.judged.every(({ hasVariance, varianceTellsDomain = true }) => !hasVariance || varianceTellsDomain);
  }

  /** A part with variances of local energies alone would be missing in them. */
  get hasErrorBars(): boolean {
    return this.judged.some(({ hasErrorBars }) => hasErrorBars) && this.judged.every(({ hasVariance, hasErrorBars }) => hasErrorBars === true || !hasVariance);
  }

  get hasExtrapolationGrade(): boolean {
    return this.judged.some(({ hasExtrapolationGrade }) => hasExtrapolationGrade);
  }

  get hasLocalDeviations(): boolean {
    return this.judged.some(({ hasLocalDeviations }) => hasLocalDeviations);
  }

  get hasSpreadLimits(): boolean {
    return this.judged.some(({ hasSpreadLimits }) => hasSpreadLimits);
  }

  /** That of the one part that has it: what several say of their own data is not that of the sum. Calibrated bars have it in them. */
  get residualNoise(): ResidualNoise | undefined {
    const told = this.judged.flatMap(({ residualNoise, provenance }) => (provenance.calibration ? [] : (residualNoise ?? [])));
    return told.length === 1 ? told[0] : undefined;
  }

  /** Sum over the parts; undefined where a part that is no baseline has none. */
  get isolatedAtomEnergies(): readonly number[] | undefined {
    if (this.judged.some(({ isolatedAtomEnergies }) => !isolatedAtomEnergies)) return undefined;
    return this.species.map((atomicNumber) =>
      this.parts.reduce((sum, { model }) => sum + (model.isolatedAtomEnergies?.[model.species.indexOf(atomicNumber)] ?? 0), 0),
    );
  }

  get described(): ReadonlyMap<string, DescribedPart> {
    return new Map(
      this.parts.flatMap(({ model }, p) =>
        [...(model.described ?? [])].map(([name, part]) => [`${partName(p)}.${name}`, { ...part, species: part.species ?? model.species }] as const),
      ),
    );
  }

  varianceFlops(nAtoms: number): number {
    return this.judged.reduce((sum, model) => sum + (model.varianceFlops?.(nAtoms) ?? 0), 0);
  }

  gradeFlops(nAtoms: number): number {
    return this.parts.reduce((sum, { model }) => sum + (model.gradeFlops?.(nAtoms) ?? 0), 0);
  }

  deviationFlops(nAtoms: number): number {
    return this.judged.reduce((sum, model) => sum + (model.deviationFlops?.(nAtoms) ?? 0), 0);
  }

  /** Those of all parts that errors are told of. */
  get findings(): readonly string[] {
    return findingsOfModels(this.judged);
  }

  withProvenance(provenance: Provenance): SumModel {
    return new SumModel({ parts: this.parts, provenance });
  }

  /** The same sum with another model in the place of one. */
  withPart(index: number, model: Model): SumModel {
    return new SumModel({ parts: this.parts.map((part, p) => (p === index ? { ...part, model } : part)), provenance: this.provenance });
  }

  isAlike(other: Potential): boolean {
    return other instanceof SumModel && other.parts.length === this.parts.length && other.species.join() === this.species.join();
  }

  prepareWith(others: readonly SumModel[], wasm: Wasm, pool: MemoryPool, want: Want): PreparedPotential {
    const prepared: PreparedTogether[] = [];
    const release = (): void => prepared.splice(0).forEach((part) => part.release());
    try {
      const summands = this.parts.map((part, p) => {
        const wants = { ...wantsOf(part, want), errorBars: false, localDeviations: false };
        prepared.push(prepareTogether([this, ...others].map(({ parts }) => parts[p].model), wasm, pool, { ...want, ...wants }));
        return { tables: prepared[p].groups[0].tables, wants };
      });
      return { tables: this.tablesOf(summands, prepared.map(({ groups }) => groups)), release };
    } catch (error) {
      release();
      throw error;
    }
  }

  prepare(wasm: Wasm, pool: MemoryPool, want: Want): PreparedPotential {
    const prepared: PreparedPotential[] = [];
    const release = (): void => prepared.splice(0).forEach((part) => part.release());
    try {
      const summands = this.parts.map((part) => {
        const wants = wantsOf(part, want);
        prepared.push(part.model.prepare(wasm, pool, { ...want, ...wants }));
        return { tables: prepared[prepared.length - 1].tables, wants, calibration: part.model.provenance.calibration };
      });
      return { tables: this.tablesOf(summands, []), release };
    } catch (error) {
      release();
      throw error;
    }
  }

  private tablesOf(summands: readonly SumPartTables[], together: SumTables["together"]): SumTables {
    const named = summands.flatMap(({ tables: { parts = {} } }, p) => Object.entries(parts).map(([name, part]) => [`${partName(p)}.${name}`, part] as const));
    return { type: this.type, parts: Object.fromEntries(named), summands, together };
  }
}

function wantsOf({ model, isBaseline = false }: SumPart, want: Want): SumPartTables["wants"] {
  return {
    variance: want.variance === true && !isBaseline && model.hasVariance,
    errorBars: want.errorBars === true && !isBaseline && model.hasErrorBars === true,
    extrapolationGrade: want.extrapolationGrade === true && model.hasExtrapolationGrade === true,
    localDeviations: want.localDeviations === true && !isBaseline && model.hasLocalDeviations === true,
  };
}

function partName(index: number): string {
  return `parts[${index}]`;
}

const parametersSchema = z.object({ parts: z.array(partSchema.extend({ isBaseline: z.boolean() })) });

function encode(model: Model, types: PartTypes): ModelContent {
  if (!(model instanceof SumModel)) throw new InternalError(`a ${model.type} model is not a sum`);
  const encoded = model.parts.map((part, p) => encodePart(partName(p), types.encode(part.model)));
  const parameters: z.input<typeof parametersSchema> = {
    parts: encoded.map((part, p) => ({ ...part.parameters, isBaseline: model.parts[p].isBaseline === true })),
  };
  return { parameters, arrays: encoded.flatMap(({ arrays }) => arrays) };
}

function decode({ parameters, arrays }: ModelContent, provenance: Provenance, file: string, types: PartTypes): SumModel {
  const { parts } = parseContent(parametersSchema, parameters, file);
  if (parts.length === 0) throw new FormatError({ file }, "a sum without parts");
  return new SumModel({
    parts: parts.map(({ isBaseline, ...part }, p) => ({ model: types.decode(decodePart(partName(p), part, arrays), file), isBaseline })),
    provenance,
  });
}

export const sumType: ModelType = {
  type: "sum",
  encode,
  decode,
  attach(wasm: Wasm, tables: PotentialTables, types: PartTypes) {
    const { summands, together } = tables as SumTables;
    const attach = (part: SumPartTables, p: number) => ({
      wants: part.wants,
      calibration: part.calibration,
      name: `${partName(p)}.`,
      evaluator: types.attach(wasm, part.tables),
      together: together.length > 0 ? new TogetherEvaluator(wasm, together[p], types) : undefined,
    });
    return new SumEvaluator(summands.map(attach));
  },
};
