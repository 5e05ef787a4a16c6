import type { Command } from "commander";
import type { ExportGapFlags } from "../commands/export-gap.js";
import { addOutputOptions } from "../options.js";
import type { OpenSession } from "../session.js";

export function configure(command: Command, openSession: OpenSession): void {
  command
    .argument("<model>", "model file of type sparse-gp")
    .option("-o, --output <file>", "gap.xml to write; files with sparse points are written beside it")
    .option("--label <name>", "name of the potential, xml_label of LAMMPS and QUIP (default: GAP_pestle)");
  addOutputOptions(command).action(async (path: string, flags: ExportGapFlags) => {
    const { runExportGap } = await import("../commands/export-gap.js");
    await runExportGap(openSession(flags), path, flags);
  });
}
