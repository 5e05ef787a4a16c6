import { type Command, Option } from "commander";
import type { ExportYaceFlags } from "../commands/export-yace.js";
import { addOutputOptions, positive, wholeNumber } from "../options.js";
import type { OpenSession } from "../session.js";

export function configure(command: Command, openSession: OpenSession): void {
  command
    .argument("<model>", "model file of type linear with the descriptor ace, of a committee or a sum with one")
    .option("-o, --output <file>", ".yace file to write; tables of pair functions are written beside it")
    .addOption(new Option("--pair <where>", "where the pair term goes (default: functions)").choices(["functions", "table"]))
    .addOption(new Option("--radial-functions <number>", "functions of ChebExpCos that other radial functions are sums of (default: as many as they take, up to 120)").argParser(wholeNumber(1, 500)))
    .addOption(new Option("--tolerance <share>", "largest deviation of these sums, as a share of a function (default: 1e-6)").argParser(positive));
  addOutputOptions(command).action(async (path: string, flags: ExportYaceFlags) => {
    const { runExportYace } = await import("../commands/export-yace.js");
    await runExportYace(openSession(flags), path, flags);
  });
}
