import { dirname, join } from "node:path";
import { InvalidParameterError } from "../../errors.js";
import { writeGapModel } from "../../interop/gap/model/write-model.js";
import { loadModel } from "../../models/model-file.js";
import { checkOutput } from "../../output-file.js";
import { refuseToReplace } from "../paths.js";
import type { Session, SessionOptions } from "../session.js";

/** Flags of `pestle export-gap`. */
export interface ExportGapFlags extends SessionOptions {
  readonly output?: string;
  readonly label?: string;
}

/** Runs `pestle export-gap`: a gap.xml of a model, for QUIP, LAMMPS and ASE. */
export async function runExportGap(session: Session, path: string, { output, label }: ExportGapFlags): Promise<void> {
  if (output === undefined) throw new InvalidParameterError("no output is given; add for example -o gap.xml");
  await checkOutput(output);
  await refuseToReplace(output, [path]);
  const files = await writeGapModel(output, await loadModel(path), label === undefined ? {} : { label });
  const written = files.map((name) => join(dirname(output), name));
  session.result({ output, files: written }, `model → ${written.join(", ")}`);
}
