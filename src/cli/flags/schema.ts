import { Argument, type Command } from "commander";
import type { ConfigName } from "../commands/schema.js";
import type { OpenSession } from "../session.js";

const names: readonly ConfigName[] = ["fit", "describe", "compare", "audit", "tune", "compose", "build"];

export function configure(command: Command, openSession: OpenSession): void {
  command
    .addArgument(new Argument("[command]", `configuration of this command: ${names.join(" or ")}`).choices(names).default("fit"))
    .option("--debug", "show where an error comes from")
    .action(async (name: ConfigName) => {
      const { runSchema } = await import("../commands/schema.js");
      runSchema(openSession({ json: true }), name);
    });
}
