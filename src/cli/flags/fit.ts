import type { Command } from "commander";
import type { FitFlags } from "../commands/fit.js";
import { addComputeOptions, addOutputOptions, addReferenceKeyOptions, addTypesOption, collect, wholeNumber } from "../options.js";
import type { OpenSession } from "../session.js";

export function configure(command: Command, openSession: OpenSession): void {
  command
    .argument("[config]", "fit file (YAML or JSON), see pestle schema fit")
    .option("-c, --config <file>", "fit file, in place of the argument")
    .option("-o, --output <file>", "model file to write, for example si.pestle")
    .option("--train <file>", "training data in place of data.train (may be repeated)", collect)
    .option("--validation <file>", "validation data in place of data.validation (may be repeated)", collect)
    .option("--test <file>", "test data in place of data.test (may be repeated)", collect)
    .option("--set <path=value>", "change one value of the fit file: model.terms.0.sparse.count=500 (may be repeated)", collect)
    .option("--seed <number>", "in place of the seed of the fit file", wholeNumber(0, 0xffffffff))
    .option("--report <folder>", "write an HTML report and its figures")
    .option("--cross-validation", "errors of structures in fits that they are left out of, see crossValidation of the fit file; without -o these alone")
    .option("--learning-curve", "errors against the number of structures, see learningCurve of the fit file; without -o nothing else is fitted")
    .option("--predictions <file>", "structures with what cross-validation predicts of them, for example left-out.xyz")
    .option("--resume", "go on with the checkpoint of an earlier process that was ended")
    .option("--checkpoint <folder>", "where a long fit keeps what it has done (default: beside the output, ending in .checkpoint)")
    .option("--no-checkpoint", "keep nothing on the way")
    .option("--checkpoint-every <time>", "keep it so often, such as 10min (default: by what it costs, about a hundredth of the time)")
    .option("--dry-run", "print shapes, memory and time, and stop");
  addOutputOptions(addComputeOptions(addTypesOption(addReferenceKeyOptions(command)))).action(async (path: string | undefined, flags: FitFlags, self: Command) => {
    const { runFit } = await import("../commands/fit.js");
    await runFit(openSession(flags), path, flags, self);
  });
}
