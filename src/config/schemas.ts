import { describeSchema } from "./describe-config.js";
import { fitFileSchema } from "./fit-config.js";
import { tuneFileSchema } from "./tune-config.js";

/** Configuration files by the command that reads them. */
export const configSchemas = { fit: fitFileSchema, describe: describeSchema, tune: tuneFileSchema } as const;
