import { z } from "zod";
import type { Descriptor, DescriptorTables } from "../../descriptors/descriptor.js";
import { requireCenterRows, requireInvariantRows, requireRowsOfCenters } from "../../descriptors/requirements.js";
import { ANY } from "../../descriptors/tuples/species.js";
import { createDescriptor, createEnvironmentDescriptor, type DescriptorParameters, descriptorSchema } from "../../descriptors/registry.js";
import type { AnyDescriptor } from "../../descriptors/structure-descriptor.js";
import type { DescribedStructures } from "../../environments/cache/environment-cache.js";
import { centerNumbers } from "../../environments/center-selection.js";
import { learnFromData } from "../../environments/learn.js";
import { InvalidParameterError } from "../../errors.js";
import { LOCAL_ENERGIES } from "../../models/local-energy/content.js";
import type { Holdings } from "../../parallel/holdings.js";
import type { Dataset } from "../../structures/dataset.js";
import { type PartCodec, recallPart } from "../checkpoint/checkpoint.js";
import { shortDigest } from "../checkpoint/identity.js";
import type { StructureTargets } from "../structure-targets.js";
import type { FitContext, ModelSection } from "../trainer.js";

/** What every term of a model of local energies has in a fit file. */
export const termSchema = z.strictObject({
  /** Of the environments. */
  descriptor: descriptorSchema.describe("of the environments"),
  /** Symbols. */
  centers: z.array(z.string()).min(1).optional().describe("chemical symbols that the term is centered on; default: all"),
});

/** The same with its defaults. */
export type TermOptions = z.output<typeof termSchema>;

/** A term with its descriptor in memory. */
export interface OpenTerm {
  readonly descriptor: Descriptor;
  readonly tables: DescriptorTables;
  /** Environments of the training data, where the cache has or takes them. */
  readonly described: DescribedStructures | undefined;
  /** Atomic numbers; null: all atoms */
  readonly centers: readonly number[] | null;
}

/** What descriptors of a term may be like. */
export interface OpenTermOptions {
  /** Of the descriptor: all that the data has, or more; default: those of the data. */
  readonly species?: readonly number[];
  /** Whether rows may be of tuples of a center with its neighbors; default: of centers only. */
  readonly withTuples?: boolean;
}

/**
 * Makes the descriptor of a term, with what it takes from the training data filled in; what it holds in memory goes to the holdings.
 * @throws {InvalidParameterError} for a descriptor without rows for the centers, rows that turn, and species that the data does not have
 */
export async function openTerm(
  options: TermOptions,
  dataset: Dataset,
  withState: boolean,
  { signal, onProgress, environments, kept }: FitContext,
  holdings: Holdings,
  { species = dataset.species(), withTuples = false }: OpenTermOptions = {},
): Promise<OpenTerm> {
  const { executor } = holdings;
  const centers = options.centers ? centerNumbers(options.centers, species) : null;
  const made: AnyDescriptor = createDescriptor(options.descriptor);
  if (withTuples) requireRowsOfCenters(made, LOCAL_ENERGIES);
  else requireCenterRows(made, made.rows === "tuple" ? "linear models, unlike sparse-gp," : LOCAL_ENERGIES);
  requireInvariantRows(made, LOCAL_ENERGIES);
  const learn = () => learnFromData(executor, made, dataset, { species, centers: centers ? { species: centers } : undefined, signal, onProgress });
  const learned = made.learn ? await recallPart(kept, { name: `descriptor ${shortDigest([made.parameters, centers, species])}` }, learn, learnedCodec) : made;
  const described = await environments?.describe({ descriptor: learned, species, centers, withState }, signal);
  if (described) holdings.keep(described);
  const descriptor = described?.descriptor ?? learned;
  const { tables } = described ?? holdings.keep(descriptor.prepare(executor.wasm, executor.pool, species));
  return { descriptor, tables, described, centers };
}

/** Of a descriptor that has learned from the data. */
const learnedCodec: PartCodec<Descriptor> = {
  encode: ({ parameters }) => ({ meta: parameters, arrays: [] }),
  decode: ({ meta }) => createEnvironmentDescriptor(meta as DescriptorParameters, LOCAL_ENERGIES),
};

/** Targets of a structure with the environments of every term, where they are described already. */
export function withDescribed(targets: StructureTargets, terms: readonly Pick<OpenTerm, "described">[], structure: number): StructureTargets {
  return { ...targets, described: terms.map((term) => term.described?.of(structure) ?? null) };
}

/** Types of the descriptors, for titles: "soap + soap-turbo". */
export function describeTerms(terms: readonly TermOptions[]): string {
  return terms.map(({ descriptor }) => descriptor.type).join(" + ");
}

/** Warnings of descriptors that are not smooth: forces of a potential jump where a descriptor does. */
export function smoothnessNotes(terms: readonly TermOptions[]): string[] {
  return terms.flatMap(({ descriptor }, index) => {
    const { isSmoothAtCutoff, smoothedBy } = createEnvironmentDescriptor(descriptor, LOCAL_ENERGIES);
    if (isSmoothAtCutoff) return [];
    const remedy = smoothedBy ? `set ${smoothedBy}` : "choose another descriptor";
    return `model.terms[${index}].descriptor is not smooth at its cutoff, so energies and forces jump as atoms cross it: ${remedy}`;
  });
}

/** Chemical symbols that terms name. */
export function speciesOfTerms(terms: readonly TermOptions[]): string[] {
  const named = terms.flatMap(({ centers = [], descriptor }) => {
    const { species = [], center } = descriptor as { species?: readonly string[]; center?: string };
    return [...centers, ...species, ...(center === undefined ? [] : [center])];
  });
  return named.filter((symbol) => symbol !== ANY);
}

/** The model section with the defaults that descriptors choose by their other parameters. */
export function withDescriptorDefaults(model: { readonly terms: readonly TermOptions[] }): unknown {
  return { ...model, terms: model.terms.map((term, index) => ({ ...term, descriptor: descriptorDefaults(term.descriptor, index) })) } satisfies Partial<ModelSection>;
}

function descriptorDefaults(parameters: DescriptorParameters, index: number): unknown {
  try {
    const descriptor = createEnvironmentDescriptor(parameters, LOCAL_ENERGIES);
    return descriptor.followingParameters ?? descriptor.parameters;
  } catch (error) {
    if (!(error instanceof InvalidParameterError)) throw error;
    throw new InvalidParameterError(`model.terms[${index}].descriptor: ${error.message}`, { cause: error });
  }
}

/** "soap, nMax 8, lMax 8, cutoff 5.4 Å" */
export function describeDescriptor(parameters: object): string {
  const { type, cutoff, ...others } = parameters as { type: string; cutoff?: { radius?: number } };
  const numbers = Object.entries(others).filter(([, value]) => typeof value === "number" || typeof value === "string");
  const range = cutoff?.radius === undefined ? [] : [`cutoff ${cutoff.radius} Å`];
  return [type, ...numbers.map(([name, value]) => `${name} ${value}`), ...range].join(", ");
}
