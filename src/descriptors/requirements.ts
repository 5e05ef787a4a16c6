import { InvalidParameterError } from "../errors.js";
import type { Descriptor } from "./descriptor.js";
import type { AnyDescriptor } from "./structure-descriptor.js";

/**
 * Makes sure that a descriptor describes environments of atoms.
 * @param purpose what needs that, plural
 * @throws {InvalidParameterError}
 */
export function requireEnvironments(descriptor: AnyDescriptor, purpose: string): asserts descriptor is Descriptor {
  if (descriptor.describes !== "structures") return;
  throw new InvalidParameterError(`${descriptor.name} describes whole structures; ${purpose} need a descriptor of the environments of atoms`);
}

/**
 * Makes sure that every row of a descriptor belongs to a center: rows are of centers, or of tuples of a center with its neighbors.
 * @param purpose what needs that, plural
 * @throws {InvalidParameterError}
 */
export function requireRowsOfCenters(descriptor: AnyDescriptor, purpose: string): asserts descriptor is Descriptor {
  requireEnvironments(descriptor, purpose);
  if (descriptor.rows !== "tuple") requireCenterRows(descriptor, purpose);
}

/**
 * Makes sure that a descriptor has a row for each center.
 * @param purpose what needs that, plural
 * @throws {InvalidParameterError}
 */
export function requireCenterRows(descriptor: AnyDescriptor, purpose: string): asserts descriptor is Descriptor {
  requireEnvironments(descriptor, purpose);
  const { name, rows } = descriptor;
  if (rows === "center") return;
  throw new InvalidParameterError(`${name} has a row for each ${rows} here; ${purpose} need one for each center${rows === "structure" ? ": use average: off" : ""}`);
}

/**
 * Makes sure that the rows of a descriptor do not change as the structure turns.
 * @param purpose what needs that, plural
 * @throws {InvalidParameterError}
 */
export function requireInvariantRows({ name, turns }: Descriptor, purpose: string): void {
  if (turns) throw new InvalidParameterError(`the rows of ${name} turn with the structure; ${purpose} need rows that do not, such as those of soap`);
}
