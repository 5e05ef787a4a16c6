import { programVersions, recordFile } from "../config/provenance.js";
import { InvalidParameterError } from "../errors.js";
import { saveModel } from "../models/model-file.js";
import type { Model } from "../models/model-type.js";
import { checkOutput } from "../output-file.js";
import { shortInputName } from "../structures/io/input-name.js";
import { symbolOf } from "../structures/periodic-table.js";
import { refuseToReplace } from "./paths.js";
import type { Session } from "./session.js";

/** A model that another program wrote. */
export interface ImportedModel {
  /** What the file is, for the provenance: "gap", "yace". */
  readonly role: string;
  readonly path: string;
  readonly output: string | undefined;
  readonly read: () => Promise<Model>;
}

/** Reads a model of another program and saves it as a model file, with where it is from. */
export async function saveImported(session: Session, { role, path, output, read }: ImportedModel): Promise<void> {
  if (output === undefined) throw new InvalidParameterError("no output is given; add for example -o model.pestle");
  await checkOutput(output);
  await refuseToReplace(output, [path]);
  const imported = await read();
  const record = await recordFile(role, path, session.signal);
  const versions = programVersions();
  const model = imported.withProvenance({ versions, data: [{ ...record, path: shortInputName(path) }] });
  await saveModel(output, model);
  const symbols = model.species.map(symbolOf);
  session.result(
    { output, model: { type: model.type, species: symbols, cutoff: model.cutoff }, data: [record], versions },
    `${model.type}, cutoff ${model.cutoff} Å, ${symbols.join(" ")}\nmodel → ${output}`,
  );
}
