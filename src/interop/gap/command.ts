import { InvalidParameterError } from "../../errors.js";
import { suggestionFor } from "../../suggestion.js";
import { type KeyValue, keyValues, shorten, splitAtColons, splitWords, unwrapped } from "./command-words.js";
import { type CommandSource, LocatedText } from "./located-text.js";
import { OptionGroup } from "./option-group.js";
import { commandOptions } from "./options.js";

/** A gap_fit command, read and not yet understood. */
export interface GapCommand {
  readonly options: OptionGroup;
  /** Descriptor strings, in order. */
  readonly terms: readonly LocatedText[];
  /** As it was given, with its lines. */
  readonly text: string;
}

const PROGRAM = /(?:^|[\\/!])(?:gap_fit|teach_sparse)(?:[-_.]\w+)*$/u;
/** Text of one word that has options of the command behind its first. */
const SEVERAL = /\s(?:at_file|atoms_filename|gap|default_sigma)\s*=/u;
/** What ends a command for a shell: redirections, pipes, the next command. */
const SHELL_END = /^(?:\d?&?[<>]|[|;&])/u;

/**
 * Reads a command: `gap_fit key=value …` with what may stand before (environment, mpirun) and after it (redirections), or the options alone.
 * @param fileOf reads what `config_file` names
 * @throws {FormatError} for what cannot be read, with its place; {InvalidParameterError} where at_file, gap or default_sigma is missing
 */
export async function readGapCommand(source: CommandSource, fileOf: (name: string) => Promise<CommandSource>): Promise<GapCommand> {
  const pairs = optionsOf(source);
  const file = pairs.find(({ key }) => key.text === "config_file")?.value;
  const all = file ? [...pairs, ...optionsOf(await fileOf(unwrapped(file).text))] : pairs;
  const options = new OptionGroup("gap_fit", LocatedText.of(source, 0, 0), all, commandOptions);
  for (const name of ["at_file", "gap", "default_sigma"]) requireOption(options, name);
  const terms = splitAtColons(options.located("gap")!).map(unwrapped);
  if (terms.length === 0) throw options.located("gap")!.error("gap={…} has no descriptor");
  return { options, terms, text: source.text.trim() };
}

function optionsOf(source: CommandSource): KeyValue[] {
  const command = LocatedText.of(source);
  // quotes around all options, or some: gap_fit joins its arguments
  const words = splitWords(command).flatMap((word) => (SEVERAL.test(word.text) ? splitWords(word) : [word]));
  const program = words.findIndex(({ text }) => PROGRAM.test(text));
  const known = Object.entries(commandOptions as Record<string, { aliases?: readonly string[] }>).flatMap(([name, { aliases = [] }]) => [name, ...aliases]);
  const first = words.at(0);
  if (!first) throw new InvalidParameterError(`${source.name}: there is no command; give one, such as "gap_fit at_file=train.xyz gap={soap …} default_sigma={…}"`);
  if (program < 0 && !/^\w+\s*=/u.test(first.text) && !words[1]?.text.startsWith("=") && !known.includes(first.text)) {
    throw first.error(`"${shorten(first.text)}" is not gap_fit${suggestionFor(first.text, ["gap_fit"])}; expected gap_fit key=value …, or the options alone`);
  }
  const own = words.slice(program + 1);
  const end = own.findIndex(({ text }) => SHELL_END.test(text));
  return keyValues(end < 0 ? own : own.slice(0, end));
}

const remedies: Readonly<Record<string, string>> = {
  at_file: "at_file=train.xyz names the training data",
  gap: "gap={…} names descriptors",
  default_sigma: "default_sigma={energy force virial hessian}, eV and Å",
};

function requireOption(options: OptionGroup, name: string): void {
  if (options.text(name)) return;
  throw options.place.error(`gap_fit needs ${name}: ${remedies[name]}`);
}
