import { readGapModel } from "../../interop/gap/model/read-model.js";
import { speciesFromSymbols } from "../../interop/gap/terms.js";
import { saveImported } from "../imported-model.js";
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
  await saveImported(session, { role: "gap", path, output, read: () => readGapModel(path, species && { species: speciesFromSymbols(species) }) });
}
