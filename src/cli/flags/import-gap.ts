import { type Command, Option } from "commander";
import type { ImportGapFlags } from "../commands/import-gap.js";
import { addOutputOptions } from "../options.js";
import type { OpenSession } from "../session.js";

export function configure(command: Command, openSession: OpenSession): void {
  command
    .argument("<gap.xml>", "model that gap_fit wrote, with its sparseX files beside it")
    .option("-o, --output <file>", "model file to write, for example gap.pestle")
    .addOption(
      new Option("--species <list>", "elements that the model has to know beside those of its descriptors, by their e0: Si,O").argParser((text: string) =>
        text.split(",").map((symbol) => symbol.trim()),
      ),
    );
  addOutputOptions(command).action(async (path: string, flags: ImportGapFlags) => {
    const { runImportGap } = await import("../commands/import-gap.js");
    await runImportGap(openSession(flags), path, flags);
  });
}
