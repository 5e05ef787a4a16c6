import { CommanderError } from "commander";
import { CancelledError, PestleError } from "../errors.js";
import { systemReason } from "../system-error.js";
import { oneLine } from "./terminal-text.js";

export interface Failure {
  /** One line for the user; empty where the message is already out (help, version). */
  readonly message: string;
  readonly status: number;
}

/** What the user asked to be checked does not hold; the result is out, and nothing went wrong beside. */
export class CheckFailedError extends Error {
  override readonly name = "CheckFailedError";
}

/** Exit status and message of an error: 2 for what the user can mend, 3 where a check does not hold, 130 after Ctrl-C, 1 for anything else. */
export function failureOf(error: unknown): Failure {
  if (error instanceof CommanderError) return commanderFailure(error);
  if (error instanceof CheckFailedError) return { message: oneLine(error.message), status: 3 };
  if (error instanceof CancelledError) return { message: "stopped", status: 130 };
  if (error instanceof PestleError) return { message: oneLine(error.message), status: error.isUserError ? 2 : 1 };
  const system = systemFailure(error);
  if (system) return system;
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { message: `${oneLine(message)} (a defect of pestle; --debug shows where)`, status: 1 };
}

function commanderFailure(error: CommanderError): Failure {
  if (error.exitCode === 0) return { message: "", status: 0 };
  if (error.code === "commander.help") return { message: "", status: 2 };
  return { message: oneLine(error.message.replace(/^error: /, "")), status: 2 };
}

function systemFailure(error: unknown): Failure | undefined {
  const reason = systemReason(error);
  if (reason === undefined) return undefined;
  const { path } = error as NodeJS.ErrnoException;
  return { message: oneLine(path ? `${path}: ${reason}` : reason), status: 2 };
}
