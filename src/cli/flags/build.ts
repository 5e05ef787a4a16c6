import type { Command } from "commander";
import type { BuildFlags } from "../commands/build.js";
import { addOutputOptions, collect } from "../options.js";
import type { OpenSession } from "../session.js";

export function configure(command: Command, openSession: OpenSession): void {
  command
    .argument("[config]", "file with a model section (YAML or JSON), see pestle schema build")
    .option("-c, --config <file>", "this file, in place of the argument")
    .option("-o, --output <file>", "model file to write, for example lj.pestle")
    .option("--set <path=value>", "change one value of the file: model.cutoff=8 (may be repeated)", collect);
  addOutputOptions(command).action(async (path: string | undefined, flags: BuildFlags) => {
    const { runBuild } = await import("../commands/build.js");
    await runBuild(openSession(flags), path, flags);
  });
}
