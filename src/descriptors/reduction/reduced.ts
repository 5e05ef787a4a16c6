import { z } from "zod";
import { validate } from "../../validation.js";
import type { Descriptor, DescriptorType } from "../descriptor.js";
import { ColumnsOf } from "./columns.js";
import { PrincipalComponents } from "./principal-components.js";
import { type Reduction, reductionSchema } from "./schema.js";

const reductionKey = { reduction: reductionSchema.optional() };

/** A descriptor with fewer columns. */
function reduce(descriptor: Descriptor, reduction: Reduction): Descriptor {
  return reduction.type === "columns" ? new ColumnsOf(descriptor, reduction) : new PrincipalComponents(descriptor, reduction);
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
