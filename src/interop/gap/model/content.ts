import { createHash } from "node:crypto";
import { FormatError } from "../../../errors.js";
import { symbolOf } from "../../../structures/periodic-table.js";
import { type GlueTable, glueTables } from "../glue-tables.js";
import { type Element, elements, textOf } from "../xml.js";

/** A `<gpCoordinates>` with its sparse points, in the numbers of GAP. */
export interface GapCoordinate {
  /** The descriptor string. */
  readonly descriptor: string;
  /** Length of a vector, a last component that is the same for all included. */
  readonly dimensions: number;
  /** Number of the covariance function. */
  readonly covariance: string;
  /** δ, eV */
  readonly delta: number;
  /** f0, eV */
  readonly mean: number;
  /** ζ of a dot product. */
  readonly zeta: number;
  /** θ of the components; empty for a dot product */
  readonly lengthScales: readonly number[];
  /** nSparse × dimensions, row-major */
  readonly sparsePoints: Float64Array;
  /** nSparse: f_c of each point */
  readonly cutoffs: Float64Array;
  /** nSparse: α, 1/eV */
  readonly coefficients: Float64Array;
}

/** A gap.xml with its sparse points. */
export interface GapContent {
  readonly label: string;
  /** eV, by atomic number */
  readonly isolatedAtomEnergies: ReadonlyMap<number, number>;
  readonly coordinates: readonly GapCoordinate[];
  /** Pair functions of the potential that the model stands on; empty: it stands on none */
  readonly core: readonly GlueTable[];
}

/** Reads a file beside the gap.xml by its name. */
export type ReadSibling = (name: string) => Promise<string>;

/**
 * The content of a gap.xml.
 * @param file its name, for messages
 * @throws {FormatError} for what is no such file, or not whole; {InvalidParameterError} for files with sparse points that cannot be read
 */
export async function parseGapModel(xml: string, file: string, readSibling: ReadSibling): Promise<GapContent> {
  const gap = only(xml, "GAP_params", file);
  const sparse = only(gap.content, "gpSparse", file);
  if (/^\.?f/iu.test(sparse.attributes.fitted ?? "T")) throw new FormatError({ file }, 'it has fitted="F": sparse points without coefficients; run gap_fit without sparsify_only_no_fit');
  const found = elements(sparse.content, "gpCoordinates");
  if (found.length === 0) throw new FormatError({ file }, "<gpSparse> has no <gpCoordinates>");
  const data = only(gap.content, "GAP_data", file);
  const coordinates: GapCoordinate[] = [];
  for (const [i, element] of found.entries()) coordinates.push(await readCoordinate(element, { file, where: `<gpCoordinates> ${i + 1}` }, readSibling));
  return {
    label: gap.attributes.label ?? "GAP",
    isolatedAtomEnergies: energiesOf(data, file),
    coordinates,
    core: coreOf(xml, data, file),
  };
}

function only(xml: string, name: string, file: string): Element {
  const found = elements(xml, name);
  if (found.length !== 1) throw new FormatError({ file }, found.length === 0 ? `there is no <${name}> in it: it is not a gap.xml, or cut off` : `there are ${found.length} <${name}> in it`);
  return found[0];
}

interface Place {
  readonly file: string;
  /** The element. */
  readonly where: string;
}

/** A number of Fortran: .485E+00, 1.0d-3 */
function numberOf(text: string | undefined, what: string, { file, where }: Place): number {
  const value = text === undefined || text.trim() === "" ? NaN : Number(text.trim().replace(/d/iu, "e"));
  if (Number.isFinite(value)) return value;
  throw new FormatError({ file }, `${where}: ${what} is ${text === undefined ? "missing" : `"${text}"`}; it must be a number`);
}

function countOf(text: string | undefined, what: string, place: Place): number {
  const value = numberOf(text, what, place);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new FormatError({ file: place.file }, `${place.where}: ${what} is ${value}; it must be a whole number`);
}

function numbersOf(text: string, what: string, place: Place): number[] {
  return text.trim().split(/\s+/u).filter(Boolean).map((word, i) => numberOf(word, `number ${i + 1} of ${what}`, place));
}

/** `<e0 Z value>` of every element, or one for all. */
function energiesOf({ attributes, content }: Element, file: string): Map<number, number> {
  const place = { file, where: "<GAP_data>" };
  const all = attributes.e0 === undefined ? [] : Array.from({ length: 118 }, (_, i): [number, number] => [i + 1, numberOf(attributes.e0, "e0", place)]);
  return new Map([...all, ...elements(content, "e0").map(({ attributes: { Z, value } }): [number, number] => [countOf(Z, "Z of an <e0>", place), numberOf(value, `<e0> of Z ${Z}`, place)])]);
}

async function readCoordinate({ attributes, content }: Element, place: Place, readSibling: ReadSibling): Promise<GapCoordinate> {
  const { file, where } = place;
  if (countOf(attributes.n_permutations ?? "1", "n_permutations", place) !== 1) {
    throw new FormatError({ file }, `${where}: covariances that are summed over permutations are not there: only distance_2b, angle_3b, soap and soap_turbo are read`);
  }
  const dimensions = countOf(attributes.dimensions, "dimensions", place);
  const points = elements(content, "sparseX");
  const nSparse = countOf(attributes.n_sparseX, "n_sparseX", place);
  if (points.length !== nSparse) throw new FormatError({ file }, `${where}: ${points.length} <sparseX> in place of ${nSparse} (n_sparseX): the file is cut off, or was changed`);
  const column = (name: string): Float64Array => Float64Array.from(points, (point, s) => numberOf(point.attributes[name], `${name} of <sparseX> ${s + 1}`, place));
  const [descriptor] = elements(content, "descriptor");
  if (!descriptor) throw new FormatError({ file }, `${where} has no <descriptor>`);
  const lengthScales = numbersOf(elements(content, "theta").at(0)?.content ?? "", "<theta>", place);
  if (lengthScales.length > 0 && lengthScales.length !== dimensions) throw new FormatError({ file }, `${where}: <theta> has ${lengthScales.length} numbers for ${dimensions} dimensions`);
  return {
    descriptor: textOf(descriptor.content).trim(),
    dimensions,
    covariance: attributes.covariance_type ?? "",
    delta: numberOf(attributes.signal_variance, "signal_variance", place),
    mean: numberOf(attributes.signal_mean ?? "0", "signal_mean", place),
    zeta: numberOf(attributes.zeta ?? "1", "zeta", place),
    lengthScales,
    sparsePoints: await readPoints(attributes, points, dimensions, place, readSibling),
    cutoffs: column("sparseCutoff"),
    coefficients: column("alpha"),
  };
}

/** In a file of their own, or between the tags. */
async function readPoints(attributes: Element["attributes"], points: readonly Element[], dimensions: number, place: Place, readSibling: ReadSibling): Promise<Float64Array> {
  const { sparseX_filename: name, sparseX_md5sum: sum } = attributes;
  const expected = points.length * dimensions;
  if (name === undefined) {
    const numbers = points.flatMap(({ content }) => numbersOf(content, "<sparseX>", place));
    if (numbers.length === expected) return Float64Array.from(numbers);
    throw new FormatError({ file: place.file }, `${place.where} has no sparseX_filename, and ${numbers.length} numbers in its <sparseX> in place of ${expected}`);
  }
  const text = await readSibling(name);
  if (sum !== undefined && createHash("md5").update(text).digest("hex") !== sum.toLowerCase()) {
    throw new FormatError({ file: place.file }, `${name} is not the file of sparse points that it was written with: its checksum is not sparseX_md5sum (${sum}); if you changed it on purpose, take the attribute out`);
  }
  const numbers = numbersOf(text, name, { file: name, where: "sparse points" });
  if (numbers.length !== expected) throw new FormatError({ file: name }, `${numbers.length} numbers; ${points.length} sparse points of ${dimensions} dimensions need ${expected}`);
  return Float64Array.from(numbers);
}

/** Pair functions of `IP Glue`, where the potential is a sum with it. */
function coreOf(xml: string, data: Element, file: string): GlueTable[] {
  const args = elements(xml, "Potential").map(({ attributes }) => attributes.init_args ?? "").find((text) => /\bGAP\b/u.test(text)) ?? "";
  const others = [...args.matchAll(/\bIP\s+(\w+)/gu)].map(([, kind]) => kind).filter((kind) => kind !== "GAP");
  if (others.length === 0 && !/^\.?t/iu.test(data.attributes.do_core ?? "F")) return [];
  const foreign = others.find((kind) => kind !== "Glue");
  if (foreign !== undefined) throw new FormatError({ file }, `it stands on IP ${foreign}; only pair functions of IP Glue are read`);
  if (elements(xml, "Glue_params").length === 0) throw new FormatError({ file }, "it stands on a core potential that is not in it: <Glue_params> is missing");
  const tables = glueTables(xml, file);
  if (!tables) throw new FormatError({ file }, `<Glue_params> has embedding functions; only pair functions are read (${tableNames(xml)})`);
  return tables;
}

const tableNames = (xml: string): string => elements(xml, "per_type_data").map(({ attributes }) => symbolOf(Number(attributes.atomic_num))).join(", ");
