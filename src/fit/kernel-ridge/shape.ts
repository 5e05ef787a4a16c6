import { createDescriptor } from "../../descriptors/registry.js";
import type { AnyDescriptor } from "../../descriptors/structure-descriptor.js";
import type { Dataset } from "../../structures/dataset.js";
import { atomicNumberOf } from "../../structures/periodic-table.js";
import { sigmaOf } from "../structure-sigma.js";
import { fitsForces, type KernelTermOptions, type ResolvedKernelFit, scanLambdas } from "./schema.js";

/** Sizes of a fit. */
export interface KernelFitShape {
  /** Structures that are fitted to, at most. */
  readonly structures: number;
  /** Rows of the kernel matrix. */
  readonly size: number;
  /** Rows of each term. */
  readonly rows: readonly number[];
  /** Columns of each term; an estimate where the descriptor takes them from the data. */
  readonly features: readonly number[];
  /** Bytes that descriptors learn in, one after the other, before there are any rows. */
  readonly learningBytes: number;
  readonly lengths: number;
  readonly lambdas: number;
}

/** @throws {InvalidParameterError} */
export function kernelFitShape({ model, fit }: ResolvedKernelFit, dataset: Dataset): KernelFitShape {
  const species = dataset.species();
  const shapes = model.terms.map((term) => termShape(term, dataset, species));
  const scan = typeof fit.regularization === "object" ? fit.regularization.scan : undefined;
  const listed = scan?.lengthScale;
  const lengths = listed === undefined ? 1 : Array.isArray(listed) ? listed.length : listed.ofMedian.length;
  let structures = 0;
  let forces = 0;
  for (let i = 0; i < dataset.nStructures; i++) {
    const hasEnergy = !Number.isNaN(dataset.energies[i]);
    if (hasEnergy) structures++;
    if (fitsForces(fit)) forces += sigmaOf(dataset, i, fit.sigma!).forces?.values.length ?? 0;
  }
  const size = fit.sparse ? Math.min(structures, fit.sparse.count) : structures + forces;
  return { structures, size, rows: shapes.map(({ rows }) => rows), features: shapes.map(({ features }) => features), learningBytes: Math.max(...shapes.map(({ learningBytes }) => learningBytes)), lengths, lambdas: scanLambdas(fit).length };
}

function termShape(term: KernelTermOptions, dataset: Dataset, species: readonly number[]): { rows: number; features: number; learningBytes: number } {
  const descriptor: AnyDescriptor = createDescriptor(term.descriptor);
  const isWhole = descriptor.rows === "structure";
  const centers = term.centers?.map((symbol) => atomicNumberOf(symbol));
  const nCenters = centers ? dataset.atomicNumbers.reduce((sum, atomicNumber) => sum + (centers.includes(atomicNumber) ? 1 : 0), 0) : dataset.nAtoms;
  return { rows: isWhole ? dataset.nStructures : nCenters, features: featuresOf(descriptor, dataset, species), learningBytes: descriptor.describes === "structures" ? 0 : (descriptor.learningBytes?.(species) ?? 0) };
}

/** A matrix that learns its size from the data has as many columns as the square of the largest structure. */
function featuresOf(descriptor: AnyDescriptor, dataset: Dataset, species: readonly number[]): number {
  if (!descriptor.learn || descriptor.describes !== "structures") return descriptor.featureCount(species);
  try {
    return descriptor.featureCount(species);
  } catch {
    let largest = 0;
    for (let i = 0; i < dataset.nStructures; i++) largest = Math.max(largest, dataset.atomCount(i));
    return largest ** 2;
  }
}
