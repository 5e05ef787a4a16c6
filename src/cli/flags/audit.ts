import { type Command, Option } from "commander";
import type { AuditFlags } from "../commands/audit.js";
import { addComputeOptions, addOutputOptions, addReferenceKeyOptions, addTypesOption, collect, wholeNumber } from "../options.js";
import type { OpenSession } from "../session.js";

export function configure(command: Command, openSession: OpenSession): void {
  command
    .argument("[data...]", "files of structures (extended XYZ), plain or gzipped; - for the standard input")
    .option("-d, --descriptor <type>", "type (soap) or preset of pestle compare (\"soap n8 l6\")")
    .option("-p, --parameters <list>", "its parameters: nMax=8,lMax=6,cutoff.radius=5 (may be repeated)", collect)
    .option("-o, --output <file>", "write all numbers, as JSON")
    .option("--report <file>", "write an HTML page (name.html, or a folder)")
    .option("-c, --config <file>", "take everything from a YAML file; flags go before it")
    .option("--set <path=value>", "change one value of the configuration, such as sample.rows=500 (may be repeated)", collect)
    .option("--quick", "small samples and few repetitions, for a first look")
    .addOption(new Option("--seed <number>", "of all samples (default: 1)").argParser(wholeNumber(0)))
    .option("--cache <folder>", "where results are kept for the next time (default: the cache folder of the user)")
    .option("--no-cache", "measure everything anew, and keep nothing")
    .option("--dry-run", "print sizes, memory and time, and stop");
  addOutputOptions(addComputeOptions(addTypesOption(addReferenceKeyOptions(command)))).action(async (data: string[], flags: AuditFlags) => {
    const { runAudit } = await import("../commands/audit.js");
    await runAudit(openSession(flags), data, flags);
  });
}
