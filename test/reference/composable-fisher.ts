// Reads the Fisher spectra of reference values: the models behind their names, and the frames of their data.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ClusterCutoff } from "../../src/descriptors/cluster/basis.js";
import { layoutParameters, type NodePlaces, type ParameterLayout } from "../../src/models/composed/parameters.js";
import { parseNotation } from "../../src/models/composed/notation.js";
import { type ComposedForm, type ComposedNode, isLeaf } from "../../src/models/composed/tree.js";
import { type Dataset, readDataset } from "../../src/structures/index.js";
import type { ComposedPotential } from "../../src/analysis/fisher/precise/composed-rows.js";
import { referenceForm, type ReferenceModel } from "../models/composed/reference-model.js";
import { flat, type Nested, referenceRoot } from "./folder.js";

/** Values of the parameters of a term; those that do not matter are absent. */
interface TermValues {
  readonly alpha?: number;
  readonly beta?: number;
  readonly xi?: readonly number[];
  readonly xiE?: readonly number[];
  readonly xiN?: readonly number[];
  readonly c?: Nested;
  readonly shift?: Nested;
  readonly left?: TermValues;
  readonly right?: TermValues;
}

/** One spectrum. */
export interface StoredSpectrum {
  readonly name: string;
  readonly parameters: TermValues;
  /** Where the notation would not do: as in files of models. */
  readonly model?: ReferenceModel["model"];
  readonly rows: number;
  readonly eigenvalues: readonly string[];
  readonly gaugeModes: number;
  readonly log10Kappa: string;
  readonly largestGaugeEigenvalue: string | null;
  readonly inSignificantRegion: number;
  readonly energyRow0: readonly number[];
  readonly log10KappaFromSvdOfDoubleJ: number;
  readonly trace: string;
}

/** A file of spectra. */
export interface StoredSpectra {
  readonly source: string;
  readonly frames: readonly number[];
  readonly cutoff: ClusterCutoff;
  readonly bits: number;
  readonly models: readonly StoredSpectrum[];
}

/** The frames, from the data beside the reference values or, of the small set, from copies. */
export async function framesOf({ source, frames }: StoredSpectra, name: string): Promise<Dataset> {
  const path = join(referenceRoot, "..", source);
  if (existsSync(path)) return (await readDataset(path)).subset(frames);
  const copy = fileURLToPath(new URL(`../data/nb/${name.replace(/\.json$/u, "")}.xyz`, import.meta.url));
  if (existsSync(copy)) return readDataset(copy);
  throw new Error(`the frames of ${name} are neither in ${path} nor in ${copy}`);
}

/** The potential of a spectrum: by its name in the notation, or its tree. */
export function potentialOf({ cutoff }: StoredSpectra, stored: StoredSpectrum, species: readonly number[]): ComposedPotential {
  if (stored.model) return { species, ...referenceForm(stored as unknown as ReferenceModel, species.length) };
  const form: ComposedForm = { ...parseNotation(stored.name), cutoff };
  const layout = layoutParameters(form, species.length);
  const values = new Float64Array(layout.parameters.length).fill(1);
  layout.nodes.forEach((places) => fill(values, layout, places, termOf(stored.parameters, places.path.split(".").slice(1))));
  return { form, species, values };
}

/** Of a node: `left` and `right` as far as they go; basis and exponents may stand further out. */
function termOf(values: TermValues, steps: readonly string[]): TermValues {
  return steps.reduce((own, step) => {
    const { alpha, beta, xi, xiE, xiN } = own;
    return own.left ? { alpha, beta, xi, xiE, xiN, ...own[step as "left"] } : own;
  }, values);
}

function fill(values: Float64Array, { bases }: ParameterLayout, { node, shift, coefficients, exponents }: NodePlaces, own: TermValues): void {
  const ofShift = flat(own.shift ?? []);
  if (shift >= 0) values.set(ofShift, shift);
  if (!isLeaf(node)) return;
  const { alpha, beta } = own;
  if (alpha !== undefined && beta !== undefined) values.set([alpha, beta], bases[node.basis].alpha);
  if (own.c !== undefined) values.set(flat(own.c), coefficients);
  const xi = own.xi ?? (node.op === "exp" ? own.xiE : own.xiN);
  if (xi && exponents >= 0) values.set(xi, exponents);
}

/** Numbers of the linear parameters in the order of the stored columns: of a leaf c then its shift; those of operands before what follows them. */
export function storedColumns({ form, species }: ComposedPotential): number[] {
  const { nodes } = layoutParameters(form, species.length);
  let next = 0;
  const range = (first: number, count: number): number[] => (first < 0 ? [] : Array.from({ length: count }, (_, k) => first + k));
  const visit = (node: ComposedNode): { own: number[]; shifts: number[] } => {
    const { shift, coefficients, nCoefficients } = nodes[next++];
    const shifts = range(shift, species.length);
    if (isLeaf(node)) return { own: range(coefficients, nCoefficients), shifts };
    const [left, right] = [visit(node.left), visit(node.right)];
    if (node.op === "sum") return { own: [...left.own, ...right.own], shifts: [...left.shifts, ...right.shifts, ...shifts] };
    return { own: [...left.own, ...left.shifts, ...right.own, ...right.shifts], shifts };
  };
  const { own, shifts } = visit(form.root);
  return [...own, ...shifts];
}
