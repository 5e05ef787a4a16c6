import { programVersions, recordFile } from "../../config/provenance.js";
import { InvalidParameterError } from "../../errors.js";
import { readGapModel } from "../../interop/gap/model/read-model.js";
import { speciesFromSymbols } from "../../interop/gap/terms.js";
import { saveModel } from "../../models/model-file.js";
import { checkOutput } from "../../output-file.js";
import { symbolOf } from "../../structures/periodic-table.js";
import { shortInputName } from "../../structures/io/input-name.js";
import { refuseToReplace } from "../paths.js";
import type { Session, SessionOptions } from "../session.js";

/** Flags of `pestle import-gap`. */
export interface ImportGapFlags extends SessionOptions {
  readonly output?: string;
  readonly species?: readonly string[];
}

/**
 * Runs `pestle import-gap`: a model file of a GAP that QUIP or gap_fit wrote.
 * @param path gap.xml, with its sparseX files beside it
 */
export async function runImportGap(session: Session, path: string, { output, species }: ImportGapFlags): Promise<void> {
  if (output === undefined) throw new InvalidParameterError("no output is given; add for example -o gap.pestle");
  await checkOutput(output);
  await refuseToReplace(output, [path]);
  const read = await readGapModel(path, species && { species: speciesFromSymbols(species) });
  const record = await recordFile("gap", path, session.signal);
  const versions = programVersions();
  const model = read.withProvenance({ versions, data: [{ ...record, path: shortInputName(path) }] });
  await saveModel(output, model);
  const symbols = model.species.map(symbolOf);
  session.result(
    { output, model: { type: model.type, species: symbols, cutoff: model.cutoff }, data: [record], versions },
    `${model.type}, cutoff ${model.cutoff} Å, ${symbols.join(" ")}\nmodel → ${output}`,
  );
}
