import { programVersions, recordFile } from "../../config/provenance.js";
import { InvalidParameterError } from "../../errors.js";
import { readYaceModel } from "../../interop/pace/read-model.js";
import { saveModel } from "../../models/model-file.js";
import { checkOutput } from "../../output-file.js";
import { shortInputName } from "../../structures/io/input-name.js";
import { symbolOf } from "../../structures/periodic-table.js";
import { refuseToReplace } from "../paths.js";
import type { Session, SessionOptions } from "../session.js";

/** Flags of `pestle import-yace`. */
export interface ImportYaceFlags extends SessionOptions {
  readonly output?: string;
}

/** Runs `pestle import-yace`: a model file of a linear cluster expansion that pacemaker or ACEpotentials wrote. */
export async function runImportYace(session: Session, path: string, { output }: ImportYaceFlags): Promise<void> {
  if (output === undefined) throw new InvalidParameterError("no output is given; add for example -o model.pestle");
  await checkOutput(output);
  await refuseToReplace(output, [path]);
  const read = await readYaceModel(path);
  const record = await recordFile("yace", path, session.signal);
  const versions = programVersions();
  const model = read.withProvenance({ versions, data: [{ ...record, path: shortInputName(path) }] });
  await saveModel(output, model);
  const symbols = model.species.map(symbolOf);
  session.result(
    { output, model: { type: model.type, species: symbols, cutoff: model.cutoff }, data: [record], versions },
    `${model.type}, cutoff ${model.cutoff} Å, ${symbols.join(" ")}\nmodel → ${output}`,
  );
}
