import { type Command, Option } from "commander";
import { DEFAULT_BITS, precisionChoices } from "../../analysis/fisher/bits.js";
import type { FisherFlags } from "../commands/fisher.js";
import { addComputeOptions, addOutputOptions, addReferenceKeyOptions, addTypesOption, wholeNumber } from "../options.js";
import type { OpenSession } from "../session.js";

export function configure(command: Command, openSession: OpenSession): void {
  command
    .argument("<model>", "model file: composed, linear or sparse-gp")
    .argument("<data...>", "files of structures (extended XYZ) with reference values, those of the fit; plain or gzipped, - for the standard input")
    .option("-o, --output <file>", "write everything as JSON: eigenvalues with the digits that are certain, sloppy directions, error bars")
    .option("--report <file>", "write an HTML page (name.html, or a folder): eigenvalue ladders, who takes part in which direction, parameters and predictions with error bars")
    .addOption(
      new Option("--precision <kind>", "high: derivatives with many bits, of composed potentials; auto: where double precision cannot tell all eigenvalues (default: auto)").choices(precisionChoices),
    )
    .addOption(new Option("--bits <count>", `bits of high precision; digits that agree with twice as many are printed (default: ${DEFAULT_BITS}, more where these tell too little)`).argParser(wholeNumber(64, 4096)))
    .option("--unit-weights", "weigh the total energy and each force component by 1 (default: as the model was fitted)")
    .option("--predict <file>", "structures whose predictions get error bars, in the output and with --json")
    .addOption(new Option("--sample <count>", "so many structures in place of all, in the shares of their configuration types").argParser(wholeNumber(1)))
    .option("--dry-run", "say how many rows and parameters there are, and what memory and time they take, without computing");
  addOutputOptions(addComputeOptions(addTypesOption(addReferenceKeyOptions(command)))).action(async (modelPath: string, data: string[], flags: FisherFlags) => {
    const { runFisher } = await import("../commands/fisher.js");
    await runFisher(openSession(flags), modelPath, data, flags);
  });
}
