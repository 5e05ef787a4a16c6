import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { unreducedRows } from "../../../descriptors/reduction/unreduced.js";
import { InvalidParameterError } from "../../../errors.js";
import type { Model } from "../../../models/model-type.js";
import { PairTableModel } from "../../../models/pair/table.js";
import { SparseGpModel } from "../../../models/sparse-gp/model.js";
import type { SparseGpTerm } from "../../../models/sparse-gp/term.js";
import { SumModel } from "../../../models/sum/model.js";
import { writeWholeFile } from "../../../output-file.js";
import { chemicalSymbols } from "../../../structures/periodic-table.js";
import type { CompanionFile } from "../baseline.js";
import { escaped } from "../xml.js";
import { coreXml } from "./core-xml.js";
import { quipCovariance, type QuipCovariance } from "./quip-covariance.js";
import { type QuipDescriptor, quipDescriptors } from "./quip-string.js";

/** How a model is written. */
export interface WriteGapOptions {
  /** Name of the potential, for `xml_label` of LAMMPS: letters, digits, `_`, `.` and `-`. Default: GAP_pestle */
  readonly label?: string;
}

/** QUIP refuses files of a version later than its own. */
const GAP_VERSION = 1;

/**
 * Writes a sparse Gaussian process of pairs, triplets, SOAP and soap_turbo, above tables of pair functions if it stands on them, as a gap.xml for
 * QUIP, LAMMPS (`pair_style quip`) and ASE, with a sparseX file for each descriptor beside it.
 * @returns names of all files
 * @throws {InvalidParameterError} for models that QUIP has no expression for
 */
export async function writeGapModel(path: string, model: Model, options: WriteGapOptions = {}): Promise<string[]> {
  const files = gapModelFiles(model, { ...options, name: basename(path) });
  // the file that names the others comes last
  for (const { name, text } of [...files].reverse()) await writeWholeFile(join(dirname(path), name), text);
  return files.map(({ name }) => name);
}

/** The files of a model, the gap.xml first. */
export function gapModelFiles(model: Model, { name, label = "GAP_pestle" }: WriteGapOptions & { readonly name: string }): CompanionFile[] {
  if (!/^[A-Za-z_][\w.-]*$/u.test(label)) throw new InvalidParameterError(`the label "${label}" is no name for XML: it has letters, digits, _, . and -, and begins with a letter`);
  const { gap, core } = partsOf(model);
  const coordinates = gap.terms.flatMap((term) => coordinatesOf(term, gap));
  const written = coordinates.map((coordinate, c) => writeCoordinate(coordinate, { label: `${label}${c + 1}`, file: `${name}.sparseX.${label}${c + 1}` }));
  const energies = chemicalSymbols.map((_, i) => `      <e0 Z="${i + 1}" value="${gap.isolatedAtomEnergies[gap.species.indexOf(i + 1)] ?? 0}"/>`);
  const init = `IP GAP label=${label}`;
  const text = [
    `<${label}>`,
    `  <Potential label="${label}" init_args="${core ? `Sum init_args_pot1={IP Glue} init_args_pot2={${init}}` : init}"/>`,
    ...(core ? [coreXml(core)] : []),
    `  <GAP_params label="${label}" gap_version="${GAP_VERSION}">`,
    `    <GAP_data do_core="${core ? "T" : "F"}">`,
    ...energies,
    "    </GAP_data>",
    `    <gpSparse label="${label}" n_coordinate="${coordinates.length}" fitted="T">`,
    ...written.map(({ xml }) => xml),
    "    </gpSparse>",
    "  </GAP_params>",
    `</${label}>`,
    "",
  ].join("\n");
  return [{ name, text }, ...written.map(({ points }) => points)];
}

function partsOf(model: Model): { gap: SparseGpModel; core: PairTableModel | undefined } {
  const parts = model instanceof SumModel ? model.parts.map((part) => part.model) : [model];
  const gaps = parts.filter((part) => part instanceof SparseGpModel);
  const cores = parts.filter((part) => part instanceof PairTableModel);
  const other = parts.find((part) => !(part instanceof SparseGpModel || part instanceof PairTableModel));
  if (other) throw new InvalidParameterError(`a gap.xml has a sparse Gaussian process and tables of pair functions; it has no place for a ${other.type} model`);
  if (gaps.length !== 1 || cores.length > 1) throw new InvalidParameterError(`a gap.xml has one sparse Gaussian process and one set of pair functions at most, not ${gaps.length} and ${cores.length}`);
  return { gap: gaps[0], core: cores.at(0) };
}

/** A descriptor of QUIP with its part of a term. */
interface Coordinate {
  readonly quip: QuipDescriptor;
  readonly covariance: QuipCovariance;
  readonly term: SparseGpTerm;
  /** Columns of a row here without its weight. */
  readonly nColumns: number;
}

/** Of a descriptor with fewer columns, the term that gives the same energies with all of them. */
function wholeTerm(term: SparseGpTerm, species: readonly number[]): SparseGpTerm {
  const { descriptor, kernel, sparsePoints } = term;
  if (!descriptor.reducedFrom) return term;
  if (kernel.type !== "dot-product" && kernel.type !== "polynomial") {
    throw new InvalidParameterError(`QUIP has no ${descriptor.name} with fewer columns, and a ${kernel.type} kernel of them is none of all columns: fit with kernel dot-product or without reduction`);
  }
  return { ...term, descriptor: descriptor.reducedFrom.descriptor, sparsePoints: unreducedRows(descriptor, species, sparsePoints) };
}

function coordinatesOf(given: SparseGpTerm, { species }: SparseGpModel): Coordinate[] {
  const term = wholeTerm(given, species);
  const nColumns = term.descriptor.featureCount(species) - (term.descriptor.weighsRows ? 1 : 0);
  const isSoap = term.descriptor.name === "soap";
  const covariance = quipCovariance(term.kernel, (isQuip) => nColumns + (isQuip && isSoap ? 1 : 0));
  return quipDescriptors(term, species, covariance.sigma0).map((quip) => ({ quip, covariance, term, nColumns }));
}

function writeCoordinate({ quip, covariance, term, nColumns }: Coordinate, { label, file }: { label: string; file: string }): { xml: string; points: CompanionFile } {
  const { rowsPerRow, hasConstantComponent } = quip;
  const { type, name, sigma0, zeta, lengthScale } = covariance;
  const [delta, mean] = [covariance.delta / rowsPerRow, covariance.mean / rowsPerRow];
  const nSparse = term.coefficients.length;
  const width = nColumns + (term.descriptor.weighsRows ? 1 : 0);
  const rows = Array.from({ length: nSparse }, (_, s) => term.sparsePoints.subarray(s * width, s * width + nColumns));
  const text = `${rows.flatMap((row) => [...row, ...(hasConstantComponent ? [sigma0] : [])]).join("\n")}\n`;
  const dimensions = nColumns + (hasConstantComponent ? 1 : 0);
  const theta = lengthScale === undefined ? [] : Array.from({ length: dimensions }, (_, d) => (d === nColumns ? 1 : typeof lengthScale === "number" ? lengthScale : lengthScale[d]));
  const string = `${quip.text} covariance_type=${name} delta=${delta}${zeta === undefined ? "" : ` zeta=${zeta}`}${mean === 0 ? "" : ` f0=${mean}`} n_sparse=${nSparse} add_species=F`;
  const cutoffOf = (s: number): number => (term.descriptor.weighsRows ? term.sparsePoints[(s + 1) * width - 1] : 1);
  const attributes = [
    `label="${label}" dimensions="${dimensions}" signal_variance="${delta}" signal_mean="${mean}" sparsified="T" n_permutations="1" covariance_type="${type}"`,
    ...(zeta === undefined ? [] : [`zeta="${zeta}"`]),
    `n_sparseX="${nSparse}" sparseX_filename="${escaped(file)}" sparseX_md5sum="${createHash("md5").update(text).digest("hex")}"`,
  ].join(" ");
  const permutation = hasConstantComponent || term.descriptor.rows !== "tuple" ? "1" : Array.from({ length: dimensions }, (_, d) => d + 1).join(" ");
  const xml = [
    `      <gpCoordinates ${attributes}>`,
    ...(theta.length === 0 ? [] : [`        <theta> ${theta.join(" ")} </theta>`]),
    `        <descriptor>${escaped(string)}</descriptor>`,
    `        <permutation i="1">${permutation}</permutation>`,
    ...Array.from(term.coefficients, (alpha, s) => `        <sparseX i="${s + 1}" alpha="${alpha * rowsPerRow}" sparseCutoff="${cutoffOf(s)}"/>`),
    "      </gpCoordinates>",
  ].join("\n");
  return { xml, points: { name: file, text } };
}
