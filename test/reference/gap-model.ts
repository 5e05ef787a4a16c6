// GAP models as QUIP writes them (gap.xml and its sparseX files), read as users read them, and the options of the gap_fit run that made them.
import { writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path/posix";
import { fitSchema, type SparseGpFit, sparseGpSchema } from "../../src/fit/index.js";
import { type GapContent, type GapCoordinate, parseGapModel } from "../../src/interop/gap/model/content.js";
import { gapModel } from "../../src/interop/gap/model/read-model.js";
import { type Model, SparseGpModel, SumModel } from "../../src/models/index.js";
import { type Dataset, symbolOf, type TargetKeys } from "../../src/structures/index.js";
import type { ReferenceFolder } from "./folder.js";
import { NotThere } from "./not-there.js";
import { whyNotThere } from "./quip.js";

export interface GapFile {
  readonly name: string;
  readonly content: GapContent;
  /** Of the run that wrote it; empty where it does not say. */
  readonly commandLine: string;
}

/** @throws {FormatError} for files that are not whole */
export async function readGap(folder: ReferenceFolder, name: string): Promise<GapFile> {
  const text = folder.text(name);
  const content = await parseGapModel(text, name, (file) => Promise.resolve(folder.text(join(dirname(name), file))));
  return { name, content, commandLine: /<command_line>\s*(?:<!\[CDATA\[)?([^]*?)(?:\]\]>)?\s*<\/command_line>/u.exec(text)?.[1] ?? "" };
}

/** Files that belong to a gap.xml: its sparse points, by the names that it has for them. */
export function sparseFilesOf(folder: ReferenceFolder, name: string): string[] {
  return [...folder.text(name).matchAll(/sparseX_filename="([^"]+)"/gu)].map(([, file]) => join(dirname(name), file));
}

/** Why we cannot have this model, if so. */
export const whyNot = ({ content }: GapFile): NotThere | undefined => content.coordinates.map(({ descriptor }) => whyNotThere(descriptor)).find((reason) => reason !== undefined);

/** The model with QUIP's coefficients, for structures of these species. */
export function modelOf(folder: ReferenceFolder, { name, content }: GapFile, species: readonly number[]): Model {
  return gapModel(content, name, (file) => folder.path(join(dirname(name), file)), { species });
}

/** The Gaussian process of a model that may stand on a core potential. */
export function gaussianProcessOf(model: Model): SparseGpModel {
  const found = [model, ...(model instanceof SumModel ? model.parts.map((part) => part.model) : [])].find((part) => part instanceof SparseGpModel);
  if (!found) throw new Error(`a ${model.type} model is no GAP`);
  return found;
}

/** How the model was fitted. */
export interface GapRun {
  /** As the command line names it. */
  readonly data: string;
  readonly keys: TargetKeys;
  /** Standard deviations by target; null where the command line has a way of its own. */
  readonly sigma: { readonly energy: number; readonly forces: number; readonly virial: number };
  /** The same for groups of structures. */
  readonly configTypes: Readonly<Record<string, GapRun["sigma"]>>;
  /** Whether energy and virial σ are per atom. */
  readonly perAtom: boolean;
  /** Whether e0 are the mean energy of an atom. */
  readonly isAverage: boolean;
  readonly jitter: number;
}

const isTrue = (text: string): boolean => /^\.?t/iu.test(text);

/** {name:energy:force:virial:hessian:name:…} */
function configTypesOf(text: string): Record<string, GapRun["sigma"]> {
  const words = text.replace(/[{}]/gu, " ").trim().split(/\s*:\s*|\s+/u).filter(Boolean);
  const groups: Record<string, GapRun["sigma"]> = {};
  for (let i = 0; i + 3 < words.length; i += 5) groups[words[i]] = { energy: Number(words[i + 1]), forces: Number(words[i + 2]), virial: Number(words[i + 3]) };
  return groups;
}

/** The run of a model, or why we cannot repeat it. */
export function runOf({ commandLine }: GapFile): GapRun | NotThere {
  const value = (key: string): string | undefined => new RegExp(`(?:^|\\s)${key}=(\\{[^}]*\\}|\\S+)`, "u").exec(commandLine)?.[1];
  if (value("core_param_file") !== undefined) return new NotThere("fits with a core potential are not repeated");
  const sigma = value("default_sigma")?.replace(/[{}]/gu, " ").trim().split(/\s+/u).map(Number);
  const data = value("at_file");
  if (!sigma || !data) return new NotThere("a fit without at_file and default_sigma in its command line cannot be repeated");
  return {
    data,
    keys: {
      energy: value("energy_parameter_name") ?? "energy",
      forces: value("force_parameter_name") ?? "force",
      virial: value("virial_parameter_name") ?? "virial",
    },
    sigma: { energy: sigma[0], forces: sigma[1], virial: sigma[2] },
    perAtom: isTrue(value("sigma_per_atom") ?? "T"),
    configTypes: configTypesOf(value("config_type_sigma") ?? ""),
    isAverage: value("e0_method") === "average" && Number(value("e0_offset") ?? 0) === 0 && value("e0") === undefined,
    jitter: Number(value("sparse_jitter") ?? 1e-10),
  };
}

/** Training data by the name that the command line has for it: beside the model or above, perhaps called train_… there. */
export function trainingFile(from: ReferenceFolder, { name }: GapFile, data: string): string | undefined {
  const names = [basename(data), `train_${basename(data)}`];
  const folders = [dirname(name), dirname(dirname(name)), "."];
  return folders.flatMap((place) => names.map((file) => join(place, file))).find((file) => from.has(file));
}

/** Factors of the ranges of coordinates that θ were made of, where the run names them; undefined otherwise. */
export function rangeFactors({ descriptor }: GapCoordinate): number | number[] | undefined {
  const text = /(?:^|\s)theta_fac=(\{[^}]*\}|\S+)/u.exec(descriptor)?.[1];
  if (text === undefined) return undefined;
  const factors = text.replace(/[{}]/gu, " ").trim().split(/[\s,]+/u).map(Number);
  return factors.length === 1 ? factors[0] : factors;
}

/**
 * The same fit for us: descriptors, sparse points, kernels and σ of the run, for the targets that the data has.
 * @param pathOf where the sparse points of a term may be written
 */
export function fitOf(folder: ReferenceFolder, gap: GapFile, run: GapRun, data: Dataset, pathOf: (term: number) => string): SparseGpFit {
  const species = data.species();
  const { energies, forceComponents, virials } = data.report;
  const counts = { energy: energies, forces: forceComponents, virial: virials };
  const targets = (["energy", "forces", "virial"] as const).filter((target) => counts[target] > 0);
  const only = (sigma: GapRun["sigma"]): Partial<GapRun["sigma"]> => Object.fromEntries(targets.map((target) => [target, sigma[target]]));
  const present = new Set(data.configTypes);
  const configTypes = Object.fromEntries(Object.entries(run.configTypes).flatMap(([name, sigma]) => (present.has(name) ? [[name, only(sigma)]] : [])));
  const own = gaussianProcessOf(modelOf(folder, gap, species));
  const terms = own.terms.map(({ descriptor, kernel, centers, sparsePoints, coefficients }, t) => {
    const path = pathOf(t);
    const width = sparsePoints.length / coefficients.length;
    writeFileSync(path, JSON.stringify(Array.from(coefficients, (_, i) => [...sparsePoints.subarray(i * width, (i + 1) * width)])));
    // k of rows that stand for several is larger by the square
    const rowsPerRow = Math.round(kernel.delta / gap.content.coordinates[t].delta);
    return {
      descriptor: descriptor.parameters,
      kernel,
      sparse: { method: "file", path },
      jitter: rowsPerRow ** 2 * run.jitter,
      ...(centers && { centers: centers.map(symbolOf) }),
    };
  });
  const isolatedAtomEnergies = run.isAverage ? ("average" as const) : Object.fromEntries(species.map((z) => [symbolOf(z), gap.content.isolatedAtomEnergies.get(z)!]));
  return {
    model: sparseGpSchema.parse({ type: "sparse-gp", isolatedAtomEnergies, terms }),
    fit: fitSchema.parse({ sigma: { ...only(run.sigma), perAtom: run.perAtom, configTypes } }),
  };
}
