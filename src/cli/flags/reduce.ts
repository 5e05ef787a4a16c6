import type { Command } from "commander";
import type { ReduceFlags } from "../commands/reduce.js";
import { addComputeOptions, addOutputOptions, addTypesOption, collect, positive, wholeNumber } from "../options.js";
import type { OpenSession } from "../session.js";

export function configure(command: Command, openSession: OpenSession): void {
  command
    .argument("[data]", "file of structures, for the species and for --flexible and --threshold")
    .option("-d, --descriptor <type>", "kind of descriptor, for example ace")
    .option("-p, --parameters <list>", "its parameters: degree=14,cutoff.radius=5 (may be repeated)", collect)
    .option("-c, --config <file>", "reduce every descriptor of a file for fit, tune, describe or compare")
    .option("-o, --output <file>", "YAML or JSON file with the reduced descriptor, or the whole file of --config with it")
    .option("--species <list>", "species that the descriptor is for (default: those of the data)")
    .option("--method <method>", "exact (only ace, its default) or double")
    .option("--size <count>", "keep so many functions or columns, the simple ones; ace: of any degree that it takes", wholeNumber(1))
    .option("--keep-pairs", "keep all functions of orders 1 and 2, too: for linear models")
    .option("--flexible", "keep what is independent in some environment of the data, too")
    .option("--threshold <tau>", "keep what is well independent over the data: 1/Å, in units of the standard deviation, for example 1e-3", positive)
    .option("--environments <count>", "of the data, for --flexible and --threshold (default: 20)", wholeNumber(1, 1000))
    .option("--tolerance <number>", "of double precision (default: from rounding)", positive)
    .option("--prime <number>", "of exact arithmetic (default: 2147483629)", wholeNumber(2))
    .option("--seed <number>", "of the random point (default: 0)", wholeNumber(0))
    .option("--dry-run", "print the number of functions or columns, memory and time, and stop");
  addOutputOptions(addComputeOptions(addTypesOption(command))).action(async (data: string | undefined, flags: ReduceFlags) => {
    const { runReduce } = await import("../commands/reduce.js");
    await runReduce(openSession(flags), data, flags);
  });
}
