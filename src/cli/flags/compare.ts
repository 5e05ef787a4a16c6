import { type Command, Option } from "commander";
import type { CompareFlags } from "../commands/compare.js";
import { addComputeOptions, addOutputOptions, addReferenceKeyOptions, addTypesOption, collect, wholeNumber } from "../options.js";
import type { OpenSession } from "../session.js";

export function configure(command: Command, openSession: OpenSession): void {
  command
    .argument("[data...]", "files of structures (extended XYZ), plain or gzipped; - for the standard input")
    .option("-d, --descriptor <name>", "what to compare: a type (soap) or one of its presets (\"soap n8 l6\"); may be repeated (default: what is common for such data)", collect)
    .option("-c, --config <file>", "take everything from a YAML file, which can describe any descriptor; flags go before it")
    .option("--set <path=value>", "change one value of the configuration (may be repeated)", collect)
    .option("--quick", "few repetitions, for a first look")
    .option("--budget <time>", "time on the clock: 90 s, 15 min (default: as long as it takes)")
    .addOption(new Option("--seed <number>", "of all samples (default: 1)").argParser(wholeNumber(0)))
    .option("--report <file>", "write an HTML page (name.html, or a folder)")
    .option("--cache <folder>", "where results are kept for the next time (default: the cache folder of the user)")
    .option("--no-cache", "measure everything anew, and keep nothing")
    .option("--dry-run", "print what would be compared, and stop");
  addOutputOptions(addComputeOptions(addTypesOption(addReferenceKeyOptions(command)))).action(async (data: string[], flags: CompareFlags) => {
    const { runCompare } = await import("../commands/compare.js");
    await runCompare(openSession(flags), data, flags);
  });
}
