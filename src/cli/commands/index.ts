import type { Command } from "commander";
import type { OpenSession } from "../session.js";
import { addBenchCommand } from "./bench.js";
import { addInfoCommand } from "./info.js";

/** Every command, in the order of the help text. */
export const commands: readonly ((program: Command, openSession: OpenSession) => void)[] = [addInfoCommand, addBenchCommand];
