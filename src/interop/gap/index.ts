export type { CompanionFile } from "./baseline.js";
export type { ConvertedFile, GapConversion } from "./convert-command.js";
export { commandIn, readCommandFile } from "./command-source.js";
export { gapFitFile } from "./fit-file.js";
export { importGapCommand, type ImportedCommand, type ImportOptions } from "./import-command.js";
export type { CommandSource } from "./located-text.js";
export type { ConversionNote } from "./notes.js";
export { readGapModel, type ReadGapOptions } from "./model/read-model.js";
export { writeGapModel, type WriteGapOptions } from "./model/write-model.js";
