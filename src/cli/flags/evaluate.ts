import type { Command } from "commander";
import { FORCE_THRESHOLD } from "../../analysis/force-vectors.js";
import type { EvaluateFlags } from "../commands/evaluate.js";
import { addComputeOptions, addDomainOptions, addOutputOptions, addReferenceKeyOptions, addTypesOption, collect, nonNegative } from "../options.js";
import type { OpenSession } from "../session.js";

export function configure(command: Command, openSession: OpenSession): void {
  command
    .argument("<model>", "model file of pestle fit")
    .argument("<data...>", "files of structures (extended XYZ), plain or gzipped; - for the standard input")
    .option("-o, --output <file>", "write the data with predicted values (pestle_energy, pestle_forces, pestle_virial) as extended XYZ, or in the format that its name tells")
    .option("--error-bars", "predict standard deviations of energies and forces, and judge them by the errors; -o then writes pestle_energy_std and pestle_forces_std")
    .option("--column <column>", "numbers beside the reference values, for errors of properties that the model predicts: name=key:unit (may be repeated)", collect)
    .option("--force-threshold <number>", `eV/Å: atoms with a reference force up to this count for no errors of force amplitudes and angles (default: ${FORCE_THRESHOLD})`, nonNegative)
    .option("--report <folder>", "write an HTML report and its figures");
  addOutputOptions(addComputeOptions(addTypesOption(addReferenceKeyOptions(addDomainOptions(command))))).action(
    async (modelPath: string, data: string[], flags: EvaluateFlags) => {
      const { runEvaluate } = await import("../commands/evaluate.js");
      await runEvaluate(openSession(flags), modelPath, data, flags);
    },
  );
}
