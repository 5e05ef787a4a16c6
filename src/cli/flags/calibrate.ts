import type { Command } from "commander";
import type { CalibrateFlags } from "../commands/calibrate.js";
import { addComputeOptions, addOutputOptions, addReferenceKeyOptions, addTypesOption } from "../options.js";
import type { OpenSession } from "../session.js";

export function configure(command: Command, openSession: OpenSession): void {
  command
    .argument("<model>", "model file with error bars: a committee, or a fit with errorBars: true")
    .argument("<data...>", "files of structures that the model was not fitted to, with reference values; - for the standard input")
    .option("-o, --output <file>", "model file to write, with factors for its error bars");
  addOutputOptions(addComputeOptions(addTypesOption(addReferenceKeyOptions(command)))).action(async (modelPath: string, data: string[], flags: CalibrateFlags) => {
    const { runCalibrate } = await import("../commands/calibrate.js");
    await runCalibrate(openSession(flags), modelPath, data, flags);
  });
}
