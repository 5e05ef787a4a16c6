import type { Command } from "commander";
import type { ImportYaceFlags } from "../commands/import-yace.js";
import { addOutputOptions } from "../options.js";
import type { OpenSession } from "../session.js";

export function configure(command: Command, openSession: OpenSession): void {
  command
    .argument("<model.yace>", "linear cluster expansion that pacemaker, ACEpotentials or export-yace wrote")
    .option("-o, --output <file>", "model file to write, for example model.pestle");
  addOutputOptions(command).action(async (path: string, flags: ImportYaceFlags) => {
    const { runImportYace } = await import("../commands/import-yace.js");
    await runImportYace(openSession(flags), path, flags);
  });
}
