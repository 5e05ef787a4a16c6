import { createEnvironmentDescriptor } from "../../descriptors/registry.js";
import { suggestionFor } from "../../suggestion.js";
import type { ConvertedDescriptor } from "./descriptors/gap-descriptor.js";
import type { Notes } from "./notes.js";
import type { OptionGroup } from "./option-group.js";
import type { ThetaFile } from "./theta-file.js";

/** Kernels that are there, by the name that gap_fit has for them. */
type Covariance = "ard_se" | "dot_product" | "pp";

/** Names and numbers of gap_fit; undefined: there is no counterpart. */
const covariances: Readonly<Record<string, Covariance | undefined>> = {
  ard_se: "ard_se",
  gaussian: "ard_se",
  1: "ard_se",
  dot_product: "dot_product",
  polynomial: "dot_product",
  2: "dot_product",
  bond_real_space: undefined,
  3: undefined,
  pp: "pp",
  piecewise_polynomial: "pp",
  4: "pp",
};

/** A covariance function in the numbers of gap_fit, which are those of single rows of its own. */
export interface GapCovariance {
  /** A name or number of gap_fit. */
  readonly name: string;
  /** δ, eV */
  readonly delta: number;
  /** f0, eV */
  readonly mean: number;
  /** ζ of a dot product. */
  readonly zeta: number;
  /** θ: one for all coordinates, one for each, or shares of their ranges. */
  readonly lengthScale: unknown;
  /** Length of the vectors of gap_fit; undefined: is found out where it matters */
  readonly dimensions?: number;
}

/** The kernel of rows that may stand for several of gap_fit's; undefined: there is none */
export function kernelFromGap(covariance: GapCovariance, converted: Pick<ConvertedDescriptor, "descriptor" | "rowsPerRow" | "constantComponent">, species: readonly number[]): object | undefined {
  const { name, zeta, lengthScale, mean } = covariance;
  const { rowsPerRow, constantComponent } = converted;
  const delta = rowsPerRow * covariance.delta;
  const constant = rowsPerRow * Math.abs(mean);
  switch (covariances[name]) {
    case "ard_se":
      return { type: "squared-exponential", lengthScale, delta, ...(constant > 0 && { constant }) };
    case "pp": {
      // a component that is the same for all counts as a dimension
      const dimension = constantComponent === undefined ? undefined : (covariance.dimensions ?? featureCount(converted.descriptor, species) + 1);
      return { type: "piecewise-polynomial", lengthScale, delta, ...(constant > 0 && { constant }), ...(dimension !== undefined && { dimension }) };
    }
    case "dot_product":
      // the mean has no use there
      if (!constantComponent) return { type: "dot-product", zeta, delta };
      return { type: "polynomial", degree: zeta, offset: constantComponent ** 2, delta };
    case undefined:
      return undefined;
  }
}

/** Whether gap_fit has a covariance function of this name or number. */
export const isCovariance = (name: string): boolean => Object.hasOwn(covariances, name);

function featureCount(descriptor: ConvertedDescriptor["descriptor"], species: readonly number[]): number {
  return createEnvironmentDescriptor(descriptor as { type: string }, "descriptor").featureCount(species);
}

interface KernelContext {
  /** Atomic numbers of the data. */
  readonly species: readonly number[];
  readonly thetaFiles: ReadonlyMap<string, ThetaFile>;
  readonly notes: Notes;
}

/** The kernel of a term; undefined where there is none, which the notes then say. */
export function kernelOf(group: OptionGroup, converted: ConvertedDescriptor, context: KernelContext): object | undefined {
  const { species, notes } = context;
  const delta = group.positive("delta");
  const name = (group.text("covariance_type") ?? "").toLowerCase();
  if (name === "") throw group.place.error(`${group.where} needs covariance_type`);
  if (!isCovariance(name)) {
    throw group.located("covariance_type")!.error(`covariance_type is "${name}", which is unknown${suggestionFor(name, Object.keys(covariances))}`);
  }
  const hasLengths = covariances[name] === "ard_se" || covariances[name] === "pp";
  const zeta = group.has("zeta") ? group.positive("zeta") : 1;
  const numbers = { name, delta, mean: group.number("f0") ?? 0, zeta, lengthScale: hasLengths ? lengthScaleOf(group, converted, context) : undefined };
  const kernel = kernelFromGap(numbers, converted, species);
  if (!kernel) notes.lost(`${group.where} covariance_type`, `there is no kernel like ${name}; the term is left out: use ard_se for short vectors, dot_product for soap`);
  return kernel;
}

/** θ: a number, one for each coordinate, or shares of their ranges, the same for all or one for each. */
function lengthScaleOf(group: OptionGroup, converted: ConvertedDescriptor, { species, thetaFiles, notes }: KernelContext): unknown {
  const uniform = group.numbers("theta_uniform");
  if (uniform) return uniform.length === 1 ? uniform[0] : uniform;
  const name = group.text("theta_file");
  const file = name ? thetaFiles.get(name) : undefined;
  if (file && !("problem" in file)) return fromThetaFile(file, group, converted, species);
  if (group.has("theta_file")) {
    const why = file ? `${file.problem}; ` : "";
    notes.lost(`${group.where} theta_file`, `${why}write the numbers of the file as a list: kernel.lengthScale: [1.0, …]; until then the ranges of the coordinates serve`);
  }
  const factors = group.numbers("theta_fac") ?? [1];
  return { ofRange: factors.every((factor) => factor === factors[0]) ? factors[0] : factors };
}

/** One for each coordinate, in the order of the columns here; of a last component that is the same for all there may be one, too. */
function fromThetaFile(lengths: readonly number[], group: OptionGroup, { descriptor, columns, weighsRows, constantComponent }: ConvertedDescriptor, species: readonly number[]): number | number[] {
  const nColumns = featureCount(descriptor, species) - (weighsRows ? 1 : 0);
  const isWhole = lengths.length === nColumns || (constantComponent !== undefined && lengths.length === nColumns + 1);
  if (!isWhole) throw group.located("theta_file")!.error(`theta_file has ${lengths.length} length scales; ${group.where} has ${nColumns} coordinates`);
  const ordered = Array<number>(nColumns);
  for (let column = 0; column < nColumns; column++) ordered[columns?.[column] ?? column] = lengths[column];
  return ordered.every((length) => length === ordered[0]) ? ordered[0] : ordered;
}
