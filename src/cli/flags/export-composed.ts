import { type Command, Option } from "commander";
import type { ExportComposedFlags } from "../commands/export-composed.js";
import { addOutputOptions, positive, wholeNumber } from "../options.js";
import type { OpenSession } from "../session.js";

export function configure(command: Command, openSession: OpenSession): void {
  command
    .argument("<model>", "model file of type composed, or of a sum with one and pair potentials")
    .option("-o, --output <file>", "file to write: .table for pair_style table of LAMMPS, .fs for eam/fs, .json for the reader in Python, which is put beside it")
    .addOption(new Option("--format <name>", "what is written (default: what the name of the output says, else the first that holds the potential exactly)").choices(["pair-table", "eam-fs", "json"]))
    .addOption(new Option("--points <number>", "points of each table of eam/fs (default: 5000)").argParser(wholeNumber(100, 100_000)))
    .addOption(new Option("--nearest <distance>", "distance of neighbors (Å) in the densest close packing that tables of eam/fs are for (default: 0.7 times the sum of the covalent radii)").argParser(positive));
  addOutputOptions(command).action(async (path: string, flags: ExportComposedFlags) => {
    const { runExportComposed } = await import("../commands/export-composed.js");
    await runExportComposed(openSession(flags), path, flags);
  });
}
