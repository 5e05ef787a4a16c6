import { z } from "zod";
import { InternalError, InvalidParameterError } from "../errors.js";
import { rememberAttached } from "../parallel/attached.js";
import { suggestionFor } from "../suggestion.js";
import { validate } from "../validation.js";
import type { Wasm } from "../wasm/wasm.js";
import type { Descriptor, DescriptorAttachment, DescriptorEvaluator, DescriptorTables, DescriptorType } from "./descriptor.js";
import { concatenationOf } from "./concatenation.js";
import { averaged, outerAverageAttachment } from "./outer-average.js";
import { soapType } from "./soap/soap.js";
import { soapTurboType } from "./soap-turbo/soap-turbo.js";
import { standardized, standardizedAttachment } from "./standardization.js";

/** Every descriptor of its own, one line each; `averaged`: with the mean over a structure as an option. */
const plainTypes: readonly DescriptorType[] = [soapType, averaged(soapTurboType)].map(standardized);

/** What puts others side by side. */
const concatenationType = standardized(averaged(concatenationOf(schemaOf(plainTypes), (parameters: WithType) => createFrom(plainTypes, parameters))));

const types: readonly DescriptorType[] = [...plainTypes, concatenationType];

/** Evaluators by name: those of all types, of what is made of other descriptors, and those that were registered. */
const attachments = new Map<string, DescriptorAttachment>([...types, outerAverageAttachment, standardizedAttachment].map((attachment) => [attachment.name, attachment]));

/** Names of the descriptors, as `type` in parameters. */
export const descriptorNames: readonly string[] = types.map(({ name }) => name);

/** Parameters of any descriptor, told apart by `type`. */
export const descriptorSchema = schemaOf(types);

export type DescriptorParameters = z.output<typeof descriptorSchema>;

/**
 * Makes a descriptor from parameters with a `type`.
 * @throws {InvalidParameterError} for an unknown type or a parameter that is not allowed
 */
export function createDescriptor(parameters: { readonly type: string } & Record<string, unknown>): Descriptor {
  return createFrom(types, parameters);
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

type WithType = { readonly type: string } & Record<string, unknown>;

function schemaOf(of: readonly DescriptorType[]): z.ZodDiscriminatedUnion<[DescriptorType["schema"]]> {
  return z.discriminatedUnion("type", of.map(({ schema }) => schema) as [DescriptorType["schema"]]);
}

function createFrom(of: readonly DescriptorType[], parameters: WithType): Descriptor {
  const type = of.find(({ name }) => name === parameters.type);
  if (type) {
    // with the keys that all types share, for messages
    validate(type.schema, parameters, { what: type.name });
    return type.create(parameters);
  }
  const names = of.map(({ name }) => name);
  throw new InvalidParameterError(
    `unknown descriptor "${parameters.type}"; there ${names.length === 1 ? "is" : "are"} ${names.join(", ")}${suggestionFor(parameters.type, names)}`,
  );
}
