import { type Command, Option } from "commander";
import type { ImportGapCommandFlags } from "../commands/import-gap-command.js";
import { addOutputOptions } from "../options.js";
import type { OpenSession } from "../session.js";

export function configure(command: Command, openSession: OpenSession): void {
  command
    .argument("[command...]", "gap_fit command in quotes, @file, a gap.xml, or - for the standard input")
    .option("--file <file>", "file with the command, or a gap.xml with a <command_line>")
    .option("-o, --output <file>", "fit file to write (default: standard output)")
    .addOption(
      new Option("--species <list>", "elements of the data, where the training file is not at hand: Si,O").argParser((text: string) =>
        text.split(",").map((symbol) => symbol.trim()),
      ),
    )
    .option("--folder <folder>", "folder that gap_fit ran in (default: that of the file with the command, or this one)")
    .option("--strict", "fail, and write nothing, if an option has no counterpart");
  addOutputOptions(command).action(async (words: string[], flags: ImportGapCommandFlags) => {
    const { runImportGapCommand } = await import("../commands/import-gap-command.js");
    await runImportGapCommand(openSession(flags), words, flags);
  });
}
