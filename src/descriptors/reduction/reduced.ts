import { z } from "zod";
import { InvalidParameterError } from "../../errors.js";
import { validate } from "../../validation.js";
import type { Descriptor, DescriptorType } from "../descriptor.js";
import { ColumnsOf } from "./columns.js";
import { PrincipalComponents } from "./principal-components.js";
import { type Reduction, reductionSchema } from "./schema.js";

const reductionKey = { reduction: reductionSchema.optional() };

/** A descriptor with fewer columns. */
function reduce(descriptor: Descriptor, reduction: Reduction): Descriptor {
  if (reduction.type === "columns") return new ColumnsOf(descriptor, reduction);
  if (reduction.type === "principal-components") return new PrincipalComponents(descriptor, reduction);
  if (descriptor.radiallyReduced) return descriptor.radiallyReduced(reduction);
  throw new InvalidParameterError(`${descriptor.name}: reduction "radial" leaves out radial functions that others span, and this descriptor has none: use type "principal-components", or soap with basis "equispaced-gaussian"`);
}

/** A type with fewer columns as an option. */
export function reduced(type: DescriptorType): DescriptorType {
  return {
    ...type,
    schema: type.schema.safeExtend(reductionKey),
    create: (parameters) => {
      const { reduction, ...own } = parameters as { readonly reduction?: unknown };
      const descriptor = type.create(own);
      if (reduction === undefined) return descriptor;
      return reduce(descriptor, validate(z.object(reductionKey), { reduction }, { what: type.name }).reduction!);
    },
  };
}
