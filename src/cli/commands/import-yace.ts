import { readYaceModel } from "../../interop/pace/read-model.js";
import { saveImported } from "../imported-model.js";
import type { Session, SessionOptions } from "../session.js";

/** Flags of `pestle import-yace`. */
export interface ImportYaceFlags extends SessionOptions {
  readonly output?: string;
}

/** Runs `pestle import-yace`: a model file of a linear cluster expansion that pacemaker or ACEpotentials wrote. */
export async function runImportYace(session: Session, path: string, { output }: ImportYaceFlags): Promise<void> {
  await saveImported(session, { role: "yace", path, output, read: () => readYaceModel(path) });
}
