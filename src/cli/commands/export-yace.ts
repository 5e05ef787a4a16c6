import { dirname, join } from "node:path";
import { InvalidParameterError } from "../../errors.js";
import { type WriteYaceOptions, type WrittenYace, writeYaceModel } from "../../interop/pace/write-model.js";
import { loadModel } from "../../models/model-file.js";
import { checkOutput } from "../../output-file.js";
import { refuseToReplace } from "../paths.js";
import type { Session, SessionOptions } from "../session.js";

/** Flags of `pestle export-yace`. */
export interface ExportYaceFlags extends SessionOptions, WriteYaceOptions {
  readonly output?: string;
}

/** Runs `pestle export-yace`: a .yace file of a linear cluster expansion, for `pair_style pace` of LAMMPS. */
export async function runExportYace(session: Session, path: string, { output, pair, radialFunctions, tolerance }: ExportYaceFlags): Promise<void> {
  if (output === undefined) throw new InvalidParameterError("no output is given; add for example -o model.yace");
  await checkOutput(output);
  await refuseToReplace(output, [path]);
  const given = { ...(pair && { pair }), ...(radialFunctions !== undefined && { radialFunctions }), ...(tolerance !== undefined && { tolerance }) };
  const written = await writeYaceModel(output, await loadModel(path), given);
  if (written.nMembers > 0) session.note(`the mean of the ${written.nMembers} members of the committee is written; a .yace file has no error bars`);
  const files = written.files.map((name) => join(dirname(output), name));
  session.result({ output, ...written, files }, textOf(written, files));
}

function textOf({ projection, lammps }: WrittenYace, files: readonly string[]): string {
  const radial = projection
    ? `radial functions: sums of ${projection.functions} functions of ChebExpCos at most, to ${projection.error.toExponential(1)} of their size, derivatives to ${projection.slopeError.toExponential(1)}`
    : "radial functions: exact";
  return [`model → ${files.join(", ")}`, radial, "in LAMMPS, with atom types in this order:", ...lammps.map((line) => `  ${line}`)].join("\n");
}
