import { type Command, InvalidArgumentError, Option } from "commander";
import { parseDuration } from "../../tune/duration.js";
import type { ComposeBudgetFlag, ComposeFlags } from "../commands/compose.js";
import { addComputeOptions, addOutputOptions, addReferenceKeyOptions, addTypesOption, collect, positive, wholeNumber } from "../options.js";
import type { OpenSession } from "../session.js";

export function configure(command: Command, openSession: OpenSession): void {
  command
    .argument("<data...>", "files of structures (extended XYZ) with energies and forces; or one compose file (YAML or JSON), see pestle schema compose")
    .option("-o, --output <file>", "model file; the others are beside it: fit file, journal, report, tables or JSON (default: NAME-composed.pestle in this folder, or beside the compose file)")
    .option("--validation <file>", "structures that candidates are judged on; may be repeated (default: 20 % of each config_type of the data)", collect)
    .option("--test <file>", "structures that the result is judged on at the end; may be repeated", collect)
    .addOption(new Option("--cutoff <radius>", "Å (default: 5)").argParser(positive))
    .option("--term <text>", "term to start from, such as G4, C8, E[G4L2], N[E[G4L2]] or T2[0,1,2]; may be repeated (default: the first four, and G6)", collect)
    .option("--three-body", "start from a three-body term, too")
    .addOption(new Option("--budget <limit>", "candidates, time or both, such as 50, 15min or 50,2h (default: 30min)").argParser(budget))
    .option("--journal <file>", "where every candidate is kept (default: beside the output, ending in .journal.jsonl)")
    .option("--resume", "go on with the journal of an earlier session, also with a larger budget")
    .option("--report <file>", "HTML report (default: beside the output, ending in -report.html)")
    .option("--no-report", "write no report")
    .option("--no-export", "write no tables for LAMMPS, and no JSON")
    .option("--set <path=value>", "change one value: compose.limits.parameters=60 (may be repeated)", collect)
    .option("--seed <number>", "of everything that is random (default: 1)", wholeNumber(0, 0xffffffff))
    .option("--dry-run", "print what would be searched, and stop");
  addOutputOptions(addComputeOptions(addTypesOption(addReferenceKeyOptions(command)))).action(async (data: readonly string[], flags: ComposeFlags, self: Command) => {
    const { runCompose } = await import("../commands/compose.js");
    await runCompose(openSession(flags), data, flags, self);
  });
}

/** Reads `50`, `15min` or `50,15min`. */
function budget(text: string): ComposeBudgetFlag {
  const limits = text.split(",").map((part): ComposeBudgetFlag => {
    const candidates = Number(part);
    if (part.trim() === "" || Number.isInteger(candidates)) {
      if (candidates >= 1) return { candidates };
      throw new InvalidArgumentError("It must be a number of candidates ≥ 1, or a time such as 15min.");
    }
    try {
      return { time: parseDuration(part) };
    } catch (error) {
      throw new InvalidArgumentError(error instanceof Error ? `${error.message}.` : String(error));
    }
  });
  return Object.assign({}, ...limits) as ComposeBudgetFlag;
}
