import type { Command } from "commander";
import type { DescribeFlags } from "../commands/describe.js";
import { addComputeOptions, addOutputOptions, addTypesOption, collect } from "../options.js";
import type { OpenSession } from "../session.js";

export function configure(command: Command, openSession: OpenSession): void {
  command
    .argument("[data]", "file of structures (extended XYZ), plain or gzipped; - for the standard input")
    .option("-d, --descriptor <type>", "kind of descriptor, for example soap")
    .option("-p, --parameters <list>", "its parameters: nMax=8,lMax=6,cutoff.radius=5 (may be repeated)", collect)
    .option("-o, --output <file>", ".npy (with labels in .npy.json), .h5, .json or .jsonl; - prints JSON lines")
    .option("--centers <list>", "only these atoms: symbols (Si,O) or positions from 0 (0,1,2)")
    .option("--species <list>", "species that the features are for (default: those of the data)")
    .option("--precision <precision>", "double or single, of .npy and .h5 files")
    .option("-c, --config <file>", "take everything from a YAML file; flags go before it")
    .option("--set <path=value>", "change one value of the configuration (may be repeated)", collect)
    .option("--dry-run", "print shapes, memory and time, and stop");
  addOutputOptions(addComputeOptions(addTypesOption(command))).action(async (data: string | undefined, flags: DescribeFlags) => {
    const { runDescribe } = await import("../commands/describe.js");
    await runDescribe(openSession(flags), data, flags);
  });
}
