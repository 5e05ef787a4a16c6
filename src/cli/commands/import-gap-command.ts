import { access } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { InvalidParameterError } from "../../errors.js";
import { commandIn, readCommandFile } from "../../interop/gap/command-source.js";
import { gapFitFile } from "../../interop/gap/fit-file.js";
import { importGapCommand, type ImportedCommand } from "../../interop/gap/import-command.js";
import type { CommandSource } from "../../interop/gap/located-text.js";
import { describeNote } from "../../interop/gap/notes.js";
import { speciesFromSymbols } from "../../interop/gap/terms.js";
import { checkOutput, writeWholeFile } from "../../output-file.js";
import { STANDARD_INPUT } from "../../structures/io/input-name.js";
import { refuseToReplace } from "../paths.js";
import type { Session, SessionOptions } from "../session.js";

/** Flags of `pestle import-gap-command`. */
export interface ImportGapCommandFlags extends SessionOptions {
  readonly file?: string;
  readonly output?: string;
  readonly species?: readonly string[];
  readonly folder?: string;
  readonly strict?: boolean;
}

/** A command, and the file that it stands in. */
interface GivenCommand {
  readonly source: CommandSource;
  readonly file?: string;
}

/**
 * Runs `pestle import-gap-command`.
 * @param words of the command, as the shell leaves them; or what names a file
 */
export async function runImportGapCommand(session: Session, words: readonly string[], flags: ImportGapCommandFlags): Promise<void> {
  const { output, species, strict = false } = flags;
  const { source, file } = await readSource(words, flags.file);
  if (output !== undefined) {
    await checkOutput(output);
    await refuseToReplace(output, file === undefined ? [] : [file]);
  }
  const imported = await importGapCommand(source, {
    folder: flags.folder ?? (file === undefined ? "." : dirname(file)),
    outputFolder: output === undefined ? "." : dirname(output),
    species: species && speciesFromSymbols(species),
    signal: session.signal,
  });
  const lost = imported.notes.filter(({ kind }) => kind === "lost");
  for (const note of lost) session.warn(describeNote(note));
  if (imported.dataProblem !== undefined) session.note(`the training file was not looked at: ${imported.dataProblem}`);
  if (strict && lost.length > 0) throw new InvalidParameterError(`--strict: ${lost.length === 1 ? "an option has" : `${lost.length} options have`} no counterpart; nothing is written`);
  const path = output ?? "fit.yaml";
  const fitFile = gapFitFile(imported, { path, modelFile: modelNameOf(imported) });
  if (output === undefined && imported.files.length > 0) session.note(`${imported.files.map(({ name }) => name).join(", ")}: written with -o only`);
  if (output !== undefined) {
    for (const companion of imported.files) await writeWholeFile(join(dirname(output), companion.name), companion.text);
    await writeWholeFile(output, fitFile);
  }
  session.result(recordOf(imported, output, fitFile), output === undefined ? fitFile.trimEnd() : `${describeTerms(imported)} → ${output}`);
}

async function readSource(words: readonly string[], file: string | undefined): Promise<GivenCommand> {
  if (file !== undefined && words.length > 0) throw new InvalidParameterError("the command is given twice: as words and as --file");
  const [word] = words;
  const isOne = words.length === 1;
  const path = file ?? (isOne && word.startsWith("@") ? word.slice(1) : isOne && !word.includes("=") && (await isFile(word)) ? word : undefined);
  if (words.length === 0 ? path === undefined || path === STANDARD_INPUT : isOne && word === STANDARD_INPUT) {
    if (process.stdin.isTTY) throw new InvalidParameterError('no command is given; for example: pestle import-gap-command "gap_fit at_file=train.xyz gap={soap …} …" -o fit.yaml');
    return { source: { name: "standard input", text: commandIn(await text(process.stdin), "standard input") } };
  }
  return path === undefined ? { source: { name: "command", text: words.join(" ") } } : { source: await readCommandFile(path), file: path };
}

function isFile(path: string): Promise<boolean> {
  return access(path).then(() => true, () => false);
}

function modelNameOf({ modelFile }: ImportedCommand): string {
  return `${basename(modelFile).replace(/\.xml$/iu, "") || "gap"}.pestle`;
}

function describeTerms({ config }: ImportedCommand): string {
  const { terms } = config.model as { terms: readonly { descriptor: { type: string } }[] };
  return terms.map(({ descriptor }) => descriptor.type).join(" + ");
}

function recordOf({ config, notes, files, command, dataProblem }: ImportedCommand, output: string | undefined, fitFile: string): object {
  return { ...(output === undefined ? { text: fitFile } : { output }), config, notes, files: files.map(({ name }) => name), ...(dataProblem !== undefined && { dataProblem }), command };
}
