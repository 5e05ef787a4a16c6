import { z } from "zod";
import { InternalError, InvalidParameterError } from "../errors.js";
import { rememberAttached } from "../parallel/attached.js";
import { suggestionFor } from "../suggestion.js";
import type { Wasm } from "../wasm/wasm.js";
import type { Descriptor, DescriptorAttachment, DescriptorEvaluator, DescriptorTables, DescriptorType } from "./descriptor.js";
import { outerAverageAttachment } from "./outer-average.js";
import { soapType } from "./soap/soap.js";
import { soapTurboType } from "./soap-turbo/soap-turbo.js";

/** Every descriptor, one line each. */
const types: readonly DescriptorType[] = [soapType, soapTurboType];

/** Evaluators by name: those of all types, of what is made of other descriptors, and those that were registered. */
const attachments = new Map<string, DescriptorAttachment>([...types, outerAverageAttachment].map((attachment) => [attachment.name, attachment]));

/** Names of the descriptors, as `type` in parameters. */
export const descriptorNames: readonly string[] = types.map(({ name }) => name);

/** Parameters of any descriptor, told apart by `type`. */
export const descriptorSchema = z.discriminatedUnion("type", types.map(({ schema }) => schema) as [(typeof types)[number]["schema"]]);

export type DescriptorParameters = z.output<typeof descriptorSchema>;

/**
 * Makes a descriptor from parameters with a `type`.
 * @throws {InvalidParameterError} for an unknown type or a parameter that is not allowed
 */
export function createDescriptor(parameters: { readonly type: string } & Record<string, unknown>): Descriptor {
  const type = types.find(({ name }) => name === parameters.type);
  if (!type) {
    throw new InvalidParameterError(
      `unknown descriptor "${parameters.type}"; there ${types.length === 1 ? "is" : "are"} ${descriptorNames.join(", ")}${suggestionFor(parameters.type, descriptorNames)}`,
    );
  }
  return type.create(parameters);
}

/**
 * Makes the evaluators of a descriptor that is not part of the package known to this thread: call it in a module that `taskModules` of
 * the executor names, so that every thread does.
 */
export function registerDescriptor(attachment: DescriptorAttachment): void {
  attachments.set(attachment.name, attachment);
}

/** Binds tables to the calling thread's instance of the WebAssembly module, or finds them bound. */
export function attachDescriptor(wasm: Wasm, tables: DescriptorTables): DescriptorEvaluator {
  return rememberAttached(wasm, tables.serial, () => {
    const type = attachments.get(tables.descriptor);
    if (!type) throw new InternalError(`no descriptor "${tables.descriptor}" is known to this thread: register it in a module that taskModules names`);
    return type.attach(wasm, tables, (part) => attachDescriptor(wasm, part));
  });
}
