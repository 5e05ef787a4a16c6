import { z } from "zod";
import { auditSchema } from "./audit-config.js";
import { buildSchema } from "./build-config.js";
import { compareSchema } from "./compare-config.js";
import { composeFileSchema } from "./compose-config.js";
import { describeSchema } from "./describe-config.js";
import { fitFileSchemas } from "./fit-config.js";
import { tuneFileSchemas } from "./tune-config.js";

/** Schemas of configuration files by the command that reads them: of any type of model that there is a trainer for. */
export const configSchemas = {
  /** `pestle fit`: one object per type of model, told apart by `model.type`. */
  get fit() {
    return anyOf(fitFileSchemas());
  },
  /** `pestle describe` */
  get describe() {
    return describeSchema;
  },
  /** `pestle compare` */
  get compare() {
    return compareSchema;
  },
  /** `pestle audit` */
  get audit() {
    return auditSchema;
  },
  /** `pestle tune`: a fit file with a `tune` section. */
  get tune() {
    return anyOf(tuneFileSchemas());
  },
  /** `pestle compose` */
  get compose() {
    return composeFileSchema;
  },
  /** `pestle build` */
  get build() {
    return buildSchema;
  },
};

function anyOf<Schema extends z.ZodType>(schemas: readonly Schema[]): z.ZodType<z.output<Schema>> {
  return schemas.length === 1 ? (schemas[0] as unknown as z.ZodType<z.output<Schema>>) : z.union(schemas);
}
