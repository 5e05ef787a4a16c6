import { suggestionFor } from "../../suggestion.js";
import type { ConvertedDescriptor } from "./descriptors/gap-descriptor.js";
import type { Notes } from "./notes.js";
import type { OptionGroup } from "./option-group.js";

/** Kernels that are there. */
type KernelName = "squared-exponential" | "dot-product";

/** Names and numbers of gap_fit; undefined: there is no counterpart. */
const covariances: Readonly<Record<string, KernelName | undefined>> = {
  ard_se: "squared-exponential",
  gaussian: "squared-exponential",
  1: "squared-exponential",
  dot_product: "dot-product",
  polynomial: "dot-product",
  2: "dot-product",
  bond_real_space: undefined,
  3: undefined,
  pp: undefined,
  piecewise_polynomial: undefined,
  4: undefined,
};

/** The kernel of a term; undefined where there is none, which the notes then say. */
export function kernelOf(group: OptionGroup, { rowsPerRow, constantComponent }: ConvertedDescriptor, notes: Notes): object | undefined {
  const delta = rowsPerRow * group.positive("delta");
  const name = (group.text("covariance_type") ?? "").toLowerCase();
  if (name === "") throw group.place.error(`${group.where} needs covariance_type`);
  if (!(name in covariances)) {
    throw group.located("covariance_type")!.error(`covariance_type is "${name}", which is unknown${suggestionFor(name, Object.keys(covariances))}`);
  }
  const label = `${group.where} `;
  const type = covariances[name];
  if (type === undefined) {
    notes.lost(`${label}covariance_type`, `there is no kernel like ${name}; the term is left out: use ard_se for short vectors, dot_product for soap`);
    return undefined;
  }
  if (type === "squared-exponential") {
    const constant = rowsPerRow * Math.abs(group.number("f0") ?? 0);
    return { type, lengthScale: lengthScaleOf(group, notes), delta, ...(constant > 0 && { constant }) };
  }
  const zeta = group.has("zeta") ? group.positive("zeta") : 1;
  if (constantComponent === 0) return { type, zeta, delta };
  return { type: "polynomial", degree: zeta, offset: constantComponent ** 2, delta };
}

/** θ: a number, one for each coordinate, or shares of their ranges, the same for all or one for each. */
function lengthScaleOf(group: OptionGroup, notes: Notes): unknown {
  const label = `${group.where} `;
  const uniform = group.numbers("theta_uniform");
  if (uniform) return uniform.length === 1 ? uniform[0] : uniform;
  if (group.has("theta_file")) {
    notes.lost(`${label}theta_file`, "write the numbers of the file as a list: kernel.lengthScale: [1.0, …]; until then the ranges of the coordinates serve");
  }
  const factors = group.numbers("theta_fac") ?? [1];
  return { ofRange: factors.every((factor) => factor === factors[0]) ? factors[0] : factors };
}
