import { z } from "zod";
import { InternalError, InvalidParameterError } from "../errors.js";
import { suggestionFor } from "../suggestion.js";
import type { Wasm } from "../wasm/wasm.js";
import type { Descriptor, DescriptorEvaluator, DescriptorPlan, DescriptorType } from "./descriptor.js";
import { soapType } from "./soap/soap.js";
import { soapTurboType } from "./soap-turbo/soap-turbo.js";

/** Every descriptor, one line each. */
const types: readonly DescriptorType[] = [soapType, soapTurboType];

export const descriptorNames: readonly string[] = types.map(({ name }) => name);

/** Parameters of any descriptor, told apart by `type`. */
export const descriptorSchema = z.discriminatedUnion("type", types.map(({ schema }) => schema) as [(typeof types)[number]["schema"]]);

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

/** Binds a plan to the calling thread's instance of the WebAssembly module. */
export function attachDescriptor(wasm: Wasm, plan: DescriptorPlan): DescriptorEvaluator {
  const type = types.find(({ name }) => name === plan.descriptor);
  if (!type) throw new InternalError(`no descriptor "${plan.descriptor}"`);
  return type.attach(wasm, plan);
}
