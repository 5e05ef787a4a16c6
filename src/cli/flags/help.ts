import type { Command } from "commander";
import type { OpenSession } from "../session.js";

export function configure(command: Command, openSession: OpenSession): void {
  command
    .argument("[topic]", "a command, or a page of the documentation such as conventions or how-to/fit (default: a list)")
    .option("--debug", "show where an error comes from")
    .action(async (topic: string | undefined) => {
      const { runHelp } = await import("../commands/help.js");
      await runHelp(openSession({}), command.parent!, topic);
    });
}
