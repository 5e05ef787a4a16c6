// GAP models as QUIP writes them (gap.xml and its sparseX files), and the options of the gap_fit run that made them.
import { dirname, join } from "node:path/posix";
import { createEnvironmentDescriptor } from "../../src/descriptors/index.js";
import { fitSchema, type SparseGpFit, sparseGpSchema } from "../../src/fit/index.js";
import type { KernelParameters } from "../../src/kernels/index.js";
import { SparseGpModel, type SparseGpTerm } from "../../src/models/index.js";
import { symbolOf, type TargetKeys } from "../../src/structures/index.js";
import type { ReferenceFolder } from "./folder.js";
import { NotThere } from "./not-there.js";
import { fromQuip, type QuipDescriptor } from "./quip.js";

interface Coordinate {
  readonly attributes: Readonly<Record<string, string>>;
  readonly descriptor: string;
  /** Length scales of the features, where the covariance has them. */
  readonly lengthScales: readonly number[];
  readonly coefficients: Float64Array;
  readonly cutoffs: Float64Array;
}

export interface GapFile {
  readonly name: string;
  readonly isolatedAtomEnergies: ReadonlyMap<number, number>;
  readonly coordinates: readonly Coordinate[];
  readonly hasCorePotential: boolean;
  readonly commandLine: string;
}

function attributesOf(tag: string): Record<string, string> {
  return Object.fromEntries([...tag.matchAll(/([\w:]+)="([^"]*)"/gu)].map(([, key, value]) => [key, value]));
}

const elements = (text: string, name: string): [string, string][] =>
  [...text.matchAll(new RegExp(`<${name}\\b([^>]*?)(?:/>|>([^]*?)</${name}>)`, "gu"))].map(([, tag, content]) => [tag, content ?? ""]);

export function readGap(folder: ReferenceFolder, name: string): GapFile {
  const text = folder.text(name);
  const coordinates = elements(text, "gpCoordinates").map(([tag, content]): Coordinate => {
    const points = elements(content, "sparseX").map(([point]) => attributesOf(point));
    const attributes = attributesOf(tag);
    if (points.length !== Number(attributes.n_sparseX)) throw new Error(`${name}: ${points.length} sparse points instead of ${attributes.n_sparseX}`);
    return {
      attributes,
      descriptor: elements(content, "descriptor")[0][1].trim(),
      lengthScales: (elements(content, "theta")[0]?.[1].trim().split(/\s+/u) ?? []).map(Number),
      coefficients: Float64Array.from(points, ({ alpha }) => Number(alpha)),
      cutoffs: Float64Array.from(points, ({ sparseCutoff }) => Number(sparseCutoff)),
    };
  });
  const energies = elements(text, "e0").map(([tag]) => attributesOf(tag));
  return {
    name,
    isolatedAtomEnergies: new Map(energies.map(({ Z, value }) => [Number(Z), Number(value)])),
    coordinates,
    hasCorePotential: /^t/iu.test(attributesOf(elements(text, "GAP_data")[0][0]).do_core ?? "F"),
    commandLine: /<command_line>\s*(?:<!\[CDATA\[)?([^]*?)(?:\]\]>)?\s*<\/command_line>/u.exec(text)?.[1] ?? "",
  };
}

export const sparseFileOf = ({ name }: GapFile, { attributes }: Coordinate): string => join(dirname(name), attributes.sparseX_filename);

/** A coordinate in our terms, or why it has none. */
function quipOf(coordinate: Coordinate, folder: ReferenceFolder, gap: GapFile): QuipDescriptor | NotThere {
  const { attributes, descriptor, cutoffs } = coordinate;
  const quip = fromQuip(descriptor, (file) => folder.path(join(dirname(gap.name), file)));
  if (quip instanceof NotThere) return quip;
  const covariance = covariances[attributes.covariance_type];
  if (!covariance) return new NotThere(`covariance_type ${attributes.covariance_type} is not there yet`);
  const problem = covariance.whyNot(coordinate);
  if (problem) return new NotThere(problem);
  if (quip.extraComponent) return new NotThere("covariance_sigma0 is not there yet");
  if (quip.species === null || cutoffs.some((cutoff) => cutoff !== 1)) return new NotThere("sparse points with a cutoff, or of any species, are not there yet");
  return quip;
}

/** Why we cannot have this model, if so. */
export function whyNot(folder: ReferenceFolder, gap: GapFile): NotThere | undefined {
  if (gap.hasCorePotential) return new NotThere("a core potential is not there yet");
  return gap.coordinates.map((coordinate) => quipOf(coordinate, folder, gap)).find((quip) => quip instanceof NotThere);
}

function expressible(coordinate: Coordinate, folder: ReferenceFolder, gap: GapFile): QuipDescriptor {
  const quip = quipOf(coordinate, folder, gap);
  if (quip instanceof NotThere) throw new Error(quip.reason);
  return quip;
}

const deltaOf = ({ attributes }: Coordinate): number => Number(attributes.signal_variance);

/** Covariances by GAP's number, in our terms. */
const covariances: Readonly<Record<string, { kernel(of: Coordinate): KernelParameters; whyNot(of: Coordinate): string | undefined }>> = {
  1: {
    kernel: (of) => ({ type: "squared-exponential", lengthScale: of.lengthScales[0], delta: deltaOf(of) }),
    whyNot({ lengthScales, attributes }) {
      if (new Set(lengthScales).size > 1) return "a length scale for each feature is not there yet";
      return Number(attributes.signal_mean) === 0 ? undefined : "a mean of a covariance is not there yet";
    },
  },
  2: {
    kernel: (of) => ({ type: "dot-product", zeta: Number(of.attributes.zeta), delta: deltaOf(of) }),
    // the dot product has no use for the mean
    whyNot: () => undefined,
  },
};

const kernelOf = (coordinate: Coordinate): KernelParameters => covariances[coordinate.attributes.covariance_type].kernel(coordinate);

/** The model with QUIP's coefficients, for structures of these species. */
export function modelOf(folder: ReferenceFolder, gap: GapFile, species: readonly number[]): SparseGpModel {
  const terms = gap.coordinates.map((coordinate): SparseGpTerm => {
    const quip = expressible(coordinate, folder, gap);
    const descriptor = createEnvironmentDescriptor(quip.parameters as { type: string }, "these tests");
    const width = Number(coordinate.attributes.dimensions);
    const nFeatures = width - (quip.extraComponent === null ? 0 : 1);
    const values = folder.text(sparseFileOf(gap, coordinate)).trim().split(/\s+/u).map(Number);
    return {
      descriptor,
      kernel: kernelOf(coordinate),
      centers: quip.center === null ? null : [quip.center],
      sparsePoints: Float64Array.from(values.filter((_, i) => i % width < nFeatures)),
      coefficients: coordinate.coefficients,
    };
  });
  return new SparseGpModel({ species, isolatedAtomEnergies: species.map((z) => gap.isolatedAtomEnergies.get(z)!), terms });
}

/** How the model was fitted. */
export interface GapRun {
  /** As the command line names it. */
  readonly data: string;
  readonly keys: TargetKeys;
  /** Standard deviations by target; null where the command line has a way of its own. */
  readonly sigma: { readonly energy: number; readonly forces: number; readonly virial: number };
  readonly jitter: number;
}

/** The run of a model, or why we cannot repeat it. */
export function runOf({ commandLine }: GapFile): GapRun | NotThere {
  const value = (key: string): string | undefined => new RegExp(`(?:^|\\s)${key}=(\\{[^}]*\\}|\\S+)`, "u").exec(commandLine)?.[1];
  const own = ["config_type_sigma", "e0_method", "sparse_separate_file_prefix", "core_param_file", "e0_offset"].find((key) => value(key) !== undefined);
  if (own) return new NotThere(`fits with ${own} are not repeated`);
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
    jitter: Number(value("sparse_jitter") ?? 1e-10),
  };
}

/** The same fit for us: descriptors, sparse points, kernels and σ of the run, for the targets that the data has. */
export function fitOf(folder: ReferenceFolder, gap: GapFile, run: GapRun, species: readonly number[], targets: readonly (keyof GapRun["sigma"])[]): SparseGpFit {
  const terms = gap.coordinates.map((coordinate) => {
    const quip = expressible(coordinate, folder, gap);
    return {
      descriptor: quip.parameters,
      kernel: kernelOf(coordinate),
      sparse: { method: "file", path: folder.path(sparseFileOf(gap, coordinate)) },
      ...(quip.center !== null && { centers: [symbolOf(quip.center)] }),
    };
  });
  const isolatedAtomEnergies = Object.fromEntries(species.map((z) => [symbolOf(z), gap.isolatedAtomEnergies.get(z)!]));
  return {
    model: sparseGpSchema.parse({ type: "sparse-gp", isolatedAtomEnergies, terms }),
    fit: fitSchema.parse({ sigma: Object.fromEntries(targets.map((target) => [target, run.sigma[target]])), jitter: run.jitter }),
  };
}
