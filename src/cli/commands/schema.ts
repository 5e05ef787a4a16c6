import { z } from "zod";
import { configSchemas } from "../../config/schemas.js";
import type { Session } from "../session.js";

/** A command that reads a configuration file. */
export type ConfigName = keyof typeof configSchemas;

/** Runs `pestle schema`. */
export function runSchema(session: Session, name: ConfigName): void {
  const schema = z.toJSONSchema(configSchemas[name], { io: "input", unrepresentable: "any", reused: "ref" });
  session.result({ title: `pestle ${name}`, ...schema }, "");
}
