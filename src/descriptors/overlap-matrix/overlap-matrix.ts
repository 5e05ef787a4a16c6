import { InvalidParameterError } from "../../errors.js";
import { covalentRadius } from "../../structures/covalent-radii.js";
import { describeUnknownElement, findAtomicNumber, symbolOf } from "../../structures/periodic-table.js";
import { validate } from "../../validation.js";
import type { MemoryPool } from "../../wasm/memory.js";
import type { Wasm } from "../../wasm/wasm.js";
import type { Descriptor, DescriptorMemory, DescriptorType, Feature, PreparedDescriptor, SpeciesList } from "../descriptor.js";
import type { StateSize } from "../rows.js";
import { overlapMatrixCost } from "./cost.js";
import { OverlapMatrixEvaluator } from "./evaluator.js";
import { NeighborCount } from "./neighbor-count.js";
import { type OverlapMatrixParameters, overlapMatrixSchema, spectrumForms } from "./parameters.js";
import { overlapMemory, type OverlapShape, prepareOverlapMatrix } from "./tables.js";

/** Atoms in 1 Å³ of matter that is denser than diamond: for plans before data are seen. */
const DENSE = 0.2;
const DEFAULT_MOMENTS = 8;

/**
 * Eigenvalues of the matrix of overlaps of Gaussian orbitals on a center and its neighbors, weighted with a cutoff function of both atoms.
 * Sadeghi et al., J. Chem. Phys. 139, 184118 (2013), doi:10.1063/1.4828704; Zhu et al., J. Chem. Phys. 144, 034203 (2016),
 * doi:10.1063/1.4940026; see docs/theory/overlap-matrix.md.
 */
export class OverlapMatrix implements Descriptor {
  readonly name = "overlap-matrix";
  readonly parameters: OverlapMatrixParameters;
  readonly cutoff: number;
  readonly isSmoothAtCutoff = true;
  readonly rows = "center";

  /** @throws {InvalidParameterError} */
  constructor(parameters: unknown) {
    this.parameters = withDefaults(validate(overlapMatrixSchema, parameters, { what: "overlap-matrix" }));
    this.cutoff = this.parameters.cutoff.radius;
  }

  /** Takes the most neighbors that an atom of the data has for `maxNeighbors`. */
  get learn(): Descriptor["learn"] {
    if (this.parameters.maxNeighbors !== undefined) return undefined;
    return async ({ columns }) => {
      const { maxima } = await columns(new NeighborCount(this.cutoff));
      return new OverlapMatrix({ ...this.parameters, maxNeighbors: maxima[0] });
    };
  }

  get mostNeighbors(): number | undefined {
    return this.parameters.maxNeighbors;
  }

  featureCount(): number {
    const { form, moments, smoothing } = this.parameters;
    if (form === "eigenvalues") return this.orbitals * (this.maxNeighbors + 1);
    return form === "moments" ? moments! : smoothing!.count;
  }

  features(): Feature[] {
    this.requireRoom();
    const { form } = this.parameters;
    const label = (k: number): string => (form === "eigenvalues" ? `eigenvalue ${k}` : form === "moments" ? `moment ${k}` : `smoothed at ${this.places()[k - 1]}`);
    // a trace of k factors goes through k atoms; those of the cutoff functions are seen from the center
    const bodyOrder = (k: number): number => Math.min(this.maxNeighbors, form === "moments" ? k : this.maxNeighbors) + 1;
    return Array.from({ length: this.featureCount() }, (_, k) => ({ label: label(k + 1), bodyOrder: bodyOrder(k + 1), channel: [] }));
  }

  stateSize(): StateSize {
    return { perBatch: 0, perCenter: 0, perPair: 0 };
  }

  memory(species: SpeciesList): DescriptorMemory {
    return overlapMemory(this.shape(species));
  }

  /** @throws {InvalidParameterError} as long as `maxNeighbors` is not known */
  prepare(wasm: Wasm, pool: MemoryPool, species: SpeciesList): PreparedDescriptor {
    this.requireRoom();
    const { cutoff, form, smoothing } = this.parameters;
    return prepareOverlapMatrix(wasm, pool, {
      ...this.shape(species),
      descriptor: this.name,
      species,
      cutoff: cutoff.radius,
      exponent: cutoff.exponent,
      widths: species.map((z) => this.widthOf(z)),
      form: spectrumForms.indexOf(form),
      places: this.places(),
      functionWidth: smoothing?.width ?? 1,
    });
  }

  /** Å: of the orbitals of an element. */
  private widthOf(atomicNumber: number): number {
    const { widths } = this.parameters;
    if (typeof widths === "number") return widths;
    return widths?.[symbolOf(atomicNumber)] ?? covalentRadius(atomicNumber);
  }

  private shape(species: SpeciesList): OverlapShape {
    const { orbitals, maxNeighbors } = this;
    return { nFeatures: this.featureCount(), nSpecies: species.length, nPlaces: this.places().length, maxNeighbors, orbitals };
  }

  private get orbitals(): number {
    return this.parameters.orbitals === "s" ? 1 : 4;
  }

  /** As many as dense matter has, as long as no data have been seen. */
  private get maxNeighbors(): number {
    return this.parameters.maxNeighbors ?? Math.min(1000, Math.ceil(((4 * Math.PI) / 3) * this.cutoff ** 3 * DENSE));
  }

  private places(): number[] {
    const { form, smoothing } = this.parameters;
    if (form !== "smoothed") return [];
    const { count, to } = smoothing!;
    return Array.from({ length: count }, (_, k) => (to * (k + 1)) / count);
  }

  private requireRoom(): void {
    if (this.parameters.maxNeighbors !== undefined) return;
    throw new InvalidParameterError("overlap-matrix: maxNeighbors is not known: give it, or let the descriptor learn it from the data");
  }
}

/** By symbols as elements are written, whatever their case. */
function byElement(widths: OverlapMatrixParameters["widths"]): OverlapMatrixParameters["widths"] {
  if (typeof widths !== "object") return widths;
  const symbols = Object.keys(widths).map((symbol) => {
    const z = findAtomicNumber(symbol);
    if (z === undefined) throw new InvalidParameterError(`overlap-matrix: widths: ${describeUnknownElement(symbol)}`);
    return symbolOf(z);
  });
  const twice = symbols.find((symbol, k) => symbols.indexOf(symbol) < k);
  if (twice !== undefined) throw new InvalidParameterError(`overlap-matrix: widths: ${twice} stands there twice: leave one of them out`);
  return Object.fromEntries(Object.values(widths).map((width, k) => [symbols[k], width]));
}

/** Numbers of the form that is chosen, and none of another; widths by element. */
function withDefaults(given: OverlapMatrixParameters): OverlapMatrixParameters {
  const { form, moments, smoothing, ...others } = given;
  for (const [key, value, of] of [["moments", moments, "moments"], ["smoothing", smoothing, "smoothed"]] as const) {
    if (value !== undefined && form !== of) {
      throw new InvalidParameterError(`overlap-matrix: ${key} belongs to form ${of}, but the form is ${form}: leave it out, or choose form ${of}`);
    }
  }
  const rest = { ...others, ...(others.widths !== undefined && { widths: byElement(others.widths) }) };
  if (form === "moments") return { ...rest, form, moments: moments ?? DEFAULT_MOMENTS };
  if (form === "eigenvalues") return { ...rest, form };
  const { count, to, width } = smoothing ?? { count: 16, to: 4 };
  return { ...rest, form, smoothing: { count, to, width: width ?? to / count } };
}

export const overlapMatrixType: DescriptorType = {
  name: "overlap-matrix",
  schema: overlapMatrixSchema,
  cost: overlapMatrixCost,
  create: (parameters) => new OverlapMatrix(parameters),
  attach: (wasm, tables) => new OverlapMatrixEvaluator(wasm, tables),
};
