import type { Command } from "commander";

/** What is special about some options. */
export interface ResumeOptions {
  /** Attributes of options that are not repeated. */
  readonly without?: readonly string[];
  /** How values are written that were given as something else. */
  readonly texts?: Readonly<Record<string, (value: unknown) => string>>;
}

/** The command that was given, with --resume: for the terminal. */
export function resumeCommand(command: Command, words: readonly string[], { without = [], texts = {} }: ResumeOptions = {}): string {
  const left = ["resume", "debug", ...without];
  const options = command.options.flatMap((option) => {
    const attribute = option.attributeName();
    const value: unknown = command.getOptionValue(attribute);
    if (value === undefined || value === false || option.negate || left.includes(attribute)) return [];
    const name = option.long!;
    if (Object.hasOwn(texts, attribute)) return [name, quoted(texts[attribute](value))];
    if (Array.isArray(value)) return value.flatMap((item) => [name, quoted(String(item))]);
    return value === true ? [name] : [name, quoted(String(value))];
  });
  return ["pestle", command.name(), ...words.map(quoted), ...options, "--resume"].join(" ");
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
