import { type Command, InvalidArgumentError, Option } from "commander";
import { parseDuration } from "../../tune/duration.js";
import type { BudgetFlag, TuneFlags } from "../commands/tune.js";
import { addComputeOptions, addOutputOptions, collect, wholeNumber } from "../options.js";
import type { OpenSession } from "../session.js";

export function configure(command: Command, openSession: OpenSession): void {
  command
    .argument("<config>", "tune file (YAML or JSON): a fit file with a tune section, see pestle schema tune")
    .option("-o, --output <file>", "fit file to write with the best values (default: beside the tune file, ending in -best)")
    .option("--journal <file>", "where every evaluation is kept (default: beside the output, ending in .journal.jsonl)")
    .option("--resume", "go on with the journal of an earlier session")
    .addOption(new Option("--budget <limit>", "in place of tune.budget: evaluations, time or both, such as 200, 15min or 200,15min").argParser(budget))
    .option("--choose <number>", "write the fit file of this evaluation of the last stage, such as one of the front, in place of the best", wholeNumber(0, 0xffffffff))
    .option("--set <path=value>", "change one value of the file: model.terms.0.sparse.count=500 (may be repeated)", collect)
    .option("--seed <number>", "in place of the seed of the file", wholeNumber(0, 0xffffffff))
    .option("--report <file>", "write an HTML report of the search")
    .option("--dry-run", "print what would be searched, and stop");
  addOutputOptions(addComputeOptions(command)).action(async (path: string, flags: TuneFlags, self: Command) => {
    const { runTune } = await import("../commands/tune.js");
    await runTune(openSession(flags), path, flags, self);
  });
}

/** Reads `200`, `15min` or `200,15min`. */
function budget(text: string): BudgetFlag {
  const limits = text.split(",").map((part): BudgetFlag => {
    const evaluations = Number(part);
    if (part.trim() === "" || Number.isInteger(evaluations)) {
      if (evaluations >= 1) return { evaluations };
      throw new InvalidArgumentError("It must be a number of evaluations ≥ 1, or a time such as 15min.");
    }
    try {
      return { time: parseDuration(part) };
    } catch (error) {
      throw new InvalidArgumentError(error instanceof Error ? `${error.message}.` : String(error));
    }
  });
  return Object.assign({}, ...limits) as BudgetFlag;
}
