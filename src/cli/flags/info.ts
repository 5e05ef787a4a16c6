import type { Command } from "commander";
import type { InfoFlags } from "../commands/info.js";
import { addOutputOptions, addReferenceKeyOptions, addTypesOption, collect } from "../options.js";
import type { OpenSession } from "../session.js";

export function configure(command: Command, openSession: OpenSession): void {
  command.argument("<file...>", "files of structures (extended XYZ), plain or gzipped, - for the standard input; or a model file of pestle fit");
  command.option("--column <column>", "numbers beside the reference values: name=key:unit, such as s=energy_sigma:eV (may be repeated)", collect);
  addOutputOptions(addTypesOption(addReferenceKeyOptions(command))).action(async (files: string[], flags: InfoFlags) => {
    const { runInfo } = await import("../commands/info.js");
    await runInfo(openSession(flags), files, flags);
  });
}
