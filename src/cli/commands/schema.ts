import { Argument, type Command } from "commander";
import { z } from "zod";
import { configSchemas } from "../../config/schemas.js";
import type { OpenSession } from "../session.js";

export function configure(command: Command, openSession: OpenSession): void {
  const names = Object.keys(configSchemas);
  command
    .addArgument(new Argument("[command]", `configuration of this command: ${names.join(" or ")}`).choices(names).default("fit"))
    .option("--debug", "show where an error comes from")
    .action((name: keyof typeof configSchemas) => {
      const schema = z.toJSONSchema(configSchemas[name], { io: "input", unrepresentable: "any" });
      openSession({ json: true }).result({ title: `pestle ${name}`, ...schema }, "");
    });
}
