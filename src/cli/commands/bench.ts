import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { CancelledError, InternalError, InvalidParameterError } from "../../errors.js";
import type { OpenSession } from "../session.js";

const RUNNER = fileURLToPath(new URL("../../../bench/run.mjs", import.meta.url));

interface BenchOptions {
  readonly smoke?: boolean;
  readonly list?: boolean;
  readonly json?: string;
}

export function configure(command: Command, openSession: OpenSession): void {
  command
    .argument("[names...]", "cases to run (default: all)")
    .option("--list", "print the names of the cases")
    .option("--smoke", "run every case on tiny inputs, in under a minute")
    .option("--json <file>", "also write one record per case to a file")
    .option("--debug", "show where an error comes from")
    .action(async (names: string[], options: BenchOptions) => {
      const session = openSession({});
      if (!existsSync(RUNNER)) {
        throw new InvalidParameterError(`the benchmarks are not installed (${RUNNER}); run them in a checkout of pestle`);
      }
      const args = [...names, ...(options.list ? ["--list"] : []), ...(options.smoke ? ["--smoke"] : [])];
      await run([...args, ...(options.json === undefined ? [] : ["--json", options.json])], session.signal);
    });
}

/** The cases run in a process of their own, so that nothing of this one is in the measurement. */
function run(args: readonly string[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [RUNNER, ...args], { stdio: "inherit" });
    signal.addEventListener("abort", () => child.kill("SIGTERM"), { once: true });
    child.once("error", (error) => reject(new InternalError(`the benchmarks could not be started: ${error.message}`, { cause: error })));
    child.once("exit", (status) => {
      if (signal.aborted) reject(new CancelledError());
      else if (status === 0) resolve();
      else if (status === 2) reject(new InvalidParameterError("the benchmarks did not run; see the message above"));
      else reject(new InternalError("a benchmark failed; see the messages above"));
    });
  });
}
