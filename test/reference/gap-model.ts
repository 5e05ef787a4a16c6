// GAP models as QUIP writes them (gap.xml and its sparseX files), and the options of the gap_fit run that made them.
import { writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path/posix";
import { createEnvironmentDescriptor } from "../../src/descriptors/index.js";
import { fitSchema, type SparseGpFit, sparseGpSchema } from "../../src/fit/index.js";
import type { KernelParameters } from "../../src/kernels/index.js";
import { SparseGpModel, type SparseGpTerm } from "../../src/models/index.js";
import { type Dataset, symbolOf, type TargetKeys } from "../../src/structures/index.js";
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
  if (Number(attributes.n_permutations ?? 1) > 1) return new NotThere("covariances summed over permutations are not there yet");
  if (quip.species === null) return new NotThere("environments of any species are not there yet");
  if (!quip.weighsRows && cutoffs.some((cutoff) => cutoff !== 1)) throw new Error(`${gap.name}: sparse points of ${descriptor} have cutoffs`);
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

/** δ of k for rows that stand for several of GAP's: coefficients of the model are then smaller by as much. */
const deltaOf = ({ attributes }: Coordinate, { rowsPerRow }: QuipDescriptor): number => rowsPerRow * Number(attributes.signal_variance);

const widthOf = ({ attributes }: Coordinate, { extraComponent }: QuipDescriptor): number => Number(attributes.dimensions) - (extraComponent === null ? 0 : 1);

/** Covariances by GAP's number, in our terms. */
const covariances: Readonly<Record<string, (of: Coordinate, quip: QuipDescriptor) => KernelParameters>> = {
  1(of, quip) {
    const constant = quip.rowsPerRow * Math.abs(Number(of.attributes.signal_mean));
    // a last component that is the same for all makes no difference
    const lengthScale = of.lengthScales.slice(0, widthOf(of, quip));
    return { type: "squared-exponential", lengthScale, delta: deltaOf(of, quip), ...(constant > 0 && { constant }) };
  },
  // the dot product has no use for the mean
  2(of, quip) {
    const [zeta, delta] = [Number(of.attributes.zeta), deltaOf(of, quip)];
    if (!quip.extraComponent) return { type: "dot-product", zeta, delta };
    return { type: "polynomial", degree: zeta, offset: quip.extraComponent ** 2, delta };
  },
};

const kernelOf = (coordinate: Coordinate, quip: QuipDescriptor): KernelParameters => covariances[coordinate.attributes.covariance_type](coordinate, quip);

/** Sparse points as rows of ours: with their cutoffs as weights, without a last component that belongs to the kernel. */
function sparsePointsOf(folder: ReferenceFolder, gap: GapFile, coordinate: Coordinate, quip: QuipDescriptor): number[][] {
  const values = folder.text(sparseFileOf(gap, coordinate)).trim().split(/\s+/u).map(Number);
  const [dimensions, width] = [Number(coordinate.attributes.dimensions), widthOf(coordinate, quip)];
  if (values.length !== dimensions * coordinate.coefficients.length) throw new Error(`${gap.name}: ${values.length} numbers of sparse points`);
  return Array.from(coordinate.coefficients, (_, s) => [
    ...values.slice(s * dimensions, s * dimensions + width),
    ...(quip.weighsRows ? [coordinate.cutoffs[s]] : []),
  ]);
}

/** Coefficients of the model as ours has them. */
export const coefficientsOf = (folder: ReferenceFolder, gap: GapFile): number[] =>
  gap.coordinates.flatMap((coordinate) => [...ownCoefficients(coordinate, expressible(coordinate, folder, gap))]);

const ownCoefficients = ({ coefficients }: Coordinate, { rowsPerRow }: QuipDescriptor): Float64Array => coefficients.map((value) => value / rowsPerRow);

/** The model with QUIP's coefficients, for structures of these species. */
export function modelOf(folder: ReferenceFolder, gap: GapFile, species: readonly number[]): SparseGpModel {
  const terms = gap.coordinates.map((coordinate): SparseGpTerm => {
    const quip = expressible(coordinate, folder, gap);
    const descriptor = createEnvironmentDescriptor(quip.parameters as { type: string }, "these tests");
    return {
      descriptor,
      kernel: kernelOf(coordinate, quip),
      centers: quip.center === null ? null : [quip.center],
      sparsePoints: Float64Array.from(sparsePointsOf(folder, gap, coordinate, quip).flat()),
      coefficients: ownCoefficients(coordinate, quip),
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
export function rangeFactors({ descriptor }: Coordinate): number | number[] | undefined {
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
  const terms = gap.coordinates.map((coordinate, t) => {
    const quip = expressible(coordinate, folder, gap);
    const path = pathOf(t);
    writeFileSync(path, JSON.stringify(sparsePointsOf(folder, gap, coordinate, quip)));
    return {
      descriptor: quip.parameters,
      kernel: kernelOf(coordinate, quip),
      sparse: { method: "file", path },
      // k of rows that stand for several is larger by the square
      jitter: quip.rowsPerRow ** 2 * run.jitter,
      ...(quip.center !== null && { centers: [symbolOf(quip.center)] }),
    };
  });
  const isolatedAtomEnergies = run.isAverage ? ("average" as const) : Object.fromEntries(species.map((z) => [symbolOf(z), gap.isolatedAtomEnergies.get(z)!]));
  return {
    model: sparseGpSchema.parse({ type: "sparse-gp", isolatedAtomEnergies, terms }),
    fit: fitSchema.parse({ sigma: { ...only(run.sigma), perAtom: run.perAtom, configTypes } }),
  };
}
