import { readFile } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { createEnvironmentDescriptor } from "../../../descriptors/registry.js";
import { FormatError, InvalidParameterError } from "../../../errors.js";
import { kernelSchema } from "../../../kernels/registry.js";
import type { Model } from "../../../models/model-type.js";
import { PairTableModel } from "../../../models/pair/table.js";
import { SparseGpModel } from "../../../models/sparse-gp/model.js";
import type { SparseGpTerm } from "../../../models/sparse-gp/term.js";
import { SumModel } from "../../../models/sum/model.js";
import { atomicNumberOf, symbolOf } from "../../../structures/periodic-table.js";
import { reasonOf } from "../../../system-error.js";
import type { ConvertedDescriptor } from "../descriptors/gap-descriptor.js";
import { type DescriptorString, readDescriptorString } from "../descriptors/descriptor-string.js";
import type { GlueTable } from "../glue-tables.js";
import { isCovariance, kernelFromGap } from "../kernel.js";
import { LocatedText } from "../located-text.js";
import { Notes } from "../notes.js";
import { type GapContent, type GapCoordinate, parseGapModel } from "./content.js";

/** What a reader may be told. */
export interface ReadGapOptions {
  /** Atomic numbers that the model has to know beside those that its descriptors name: of these it knows the energies of isolated atoms. */
  readonly species?: readonly number[];
}

/**
 * A GAP model as QUIP and gap_fit write it, gap.xml with its sparseX files: a sum of `distance_2b`, `angle_3b`, `soap` and `soap_turbo`, above pair
 * functions of `IP Glue` if it stands on them. Predictions are those of QUIP.
 * @throws {FormatError} for what is no such file, not whole, or has no counterpart; {InvalidParameterError} where a file cannot be read, or species have to be given
 */
export async function readGapModel(path: string, options: ReadGapOptions = {}): Promise<Model> {
  const read = async (name: string): Promise<string> => {
    try {
      return await readFile(name, "utf8");
    } catch (error) {
      throw new InvalidParameterError(`cannot read ${name}: ${reasonOf(error)}`, { cause: error });
    }
  };
  const content = await parseGapModel(await read(path), path, (name) => read(isAbsolute(name) ? name : join(dirname(path), name)));
  return gapModel(content, path, (name) => (isAbsolute(name) ? name : join(dirname(path), name)), options);
}

/**
 * The model of what a gap.xml says.
 * @param pathOf place of a file that a descriptor string names
 */
export function gapModel(content: GapContent, file: string, pathOf: (name: string) => string, { species: wanted = [] }: ReadGapOptions = {}): Model {
  const strings = content.coordinates.map(({ descriptor }, c) => readString(descriptor, `${file}, descriptor ${c + 1}`));
  const named = [...strings.flatMap(namedSpecies), ...content.core.flatMap(({ species }) => species.map(atomicNumberOf))];
  const species = [...new Set([...named, ...wanted])].filter((atomicNumber) => atomicNumber > 0).sort((a, b) => a - b);
  if (species.length === 0) throw new InvalidParameterError(`${file} names no elements: say which there are, for example Si, O`);
  const terms = content.coordinates.map((coordinate, c) => termOf(coordinate, strings[c], { file, species, pathOf }));
  const isolatedAtomEnergies = species.map((atomicNumber) => {
    const energy = content.isolatedAtomEnergies.get(atomicNumber);
    if (energy === undefined) throw new FormatError({ file }, `<GAP_data> has no <e0> for ${symbolOf(atomicNumber)} (Z="${atomicNumber}")`);
    return energy;
  });
  const gap = new SparseGpModel({ species, isolatedAtomEnergies, terms });
  return content.core.length === 0 ? gap : new SumModel({ parts: [{ model: coreModel(content.core, species), isBaseline: true }, { model: gap }] });
}

function readString(text: string, name: string): DescriptorString {
  const located = LocatedText.of({ name, text });
  const read = readDescriptorString(located);
  if ("instead" in read) throw located.error(`${read.name} is not there: only distance_2b, angle_3b, soap and soap_turbo are read`);
  const lost = read.group.changed();
  if (lost !== undefined) throw lost.key.error(`${read.group.where} ${lost.key.text} is not there: ${lost.reason}`);
  return read;
}

const SPECIES_OPTIONS = ["Z", "species_Z", "Z1", "Z2", "Z_center"];

/** Atomic numbers that a descriptor names; 0: any */
function namedSpecies({ group, kind }: DescriptorString): number[] {
  return SPECIES_OPTIONS.filter((name) => name in kind.options).flatMap((name) => group.numbers(name) ?? []);
}

interface TermContext {
  readonly file: string;
  /** Atomic numbers, ascending. */
  readonly species: readonly number[];
  readonly pathOf: (name: string) => string;
}

function termOf(coordinate: GapCoordinate, { kind, group }: DescriptorString, { file, species, pathOf }: TermContext): SparseGpTerm {
  const notes = new Notes();
  const converted = kind.convert(group, { choice: {}, species, pathOf, notes });
  if (converted?.describesStructures) throw group.place.error("soap average is not there: only energies of centers are summed");
  if (!converted) throw group.place.error(notes.list.map(({ option, text }) => `${option}: ${text}`).join("; "));
  const descriptor = createEnvironmentDescriptor(converted.descriptor as { type: string }, "a GAP model");
  const nColumns = descriptor.featureCount(species) - (converted.weighsRows ? 1 : 0);
  const extra = converted.constantComponent === undefined ? 0 : 1;
  if (nColumns + extra !== coordinate.dimensions) {
    throw new FormatError({ file }, `${group.where} has ${coordinate.dimensions} dimensions in the file, and ${nColumns + extra} by its descriptor string`);
  }
  if (!converted.weighsRows && coordinate.cutoffs.some((cutoff) => cutoff !== 1)) throw new FormatError({ file }, `${group.where}: sparseCutoff is not 1, though it has no cutoff`);
  return {
    descriptor,
    kernel: kernelSchema.parse(kernelOf(coordinate, converted, { file, nColumns, species })),
    centers: converted.centers ?? null,
    sparsePoints: pointsOf(coordinate, converted, nColumns),
    coefficients: coordinate.coefficients.map((alpha) => alpha / converted.rowsPerRow),
  };
}

function kernelOf({ covariance, delta, mean, zeta, lengthScales, dimensions }: GapCoordinate, converted: ConvertedDescriptor, { file, nColumns, species }: { file: string; nColumns: number; species: readonly number[] }): object {
  const needsLengths = covariance === "1" || covariance === "4";
  if (needsLengths && lengthScales.length === 0) throw new FormatError({ file }, `a covariance of type ${covariance} needs <theta>`);
  const own = lengthScales.slice(0, nColumns);
  const lengthScale = own.length > 0 && own.every((length) => length === own[0]) ? own[0] : own;
  const kernel = isCovariance(covariance) ? kernelFromGap({ name: covariance, delta, mean, zeta, lengthScale, dimensions }, converted, species) : undefined;
  if (!kernel) throw new FormatError({ file }, `covariance_type="${covariance}" is not there: 1 (ard_se), 2 (dot_product) and 4 (pp) are read`);
  return kernel;
}

/** Sparse points as rows here: in our order of columns, with their cutoffs as weights, without a last component that belongs to the kernel. */
function pointsOf({ sparsePoints, dimensions, cutoffs }: GapCoordinate, { columns, weighsRows }: ConvertedDescriptor, nColumns: number): Float64Array {
  const width = nColumns + (weighsRows ? 1 : 0);
  const points = new Float64Array(cutoffs.length * width);
  for (const [s, cutoff] of cutoffs.entries()) {
    for (let column = 0; column < nColumns; column++) points[s * width + (columns?.[column] ?? column)] = sparsePoints[s * dimensions + column];
    if (weighsRows) points[s * width + nColumns] = cutoff;
  }
  return points;
}

function coreModel(tables: readonly GlueTable[], species: readonly number[]): Model {
  const pairs = tables.map(({ species: [a, b], distances, energies, forces }) => ({
    species: [atomicNumberOf(a), atomicNumberOf(b)] as const,
    distances: Float64Array.from(distances),
    energies: Float64Array.from(energies),
    forces: Float64Array.from(forces),
  }));
  return new PairTableModel(species, pairs);
}
