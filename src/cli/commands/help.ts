import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { InvalidParameterError } from "../../errors.js";
import { editDistance } from "../../suggestion.js";
import type { Session } from "../session.js";

const DOCS = fileURLToPath(new URL("../../../docs/", import.meta.url));
/** Folders of pages for users; those of the project itself are found by their path (`decisions/0001-record-decisions`). */
const FOLDERS = ["", "how-to", "theory", "results"];
/** What else a page may be called. */
const OTHER_NAMES: Readonly<Record<string, string>> = { "fit-file": "how-to/config-file", units: "conventions", keys: "conventions" };
/** Names that are offered for one that there is not. */
const OFFERED = 4;

/** A page of the documentation. */
interface Topic {
  /** Path in docs/ without its ending. */
  readonly path: string;
  /** Its last part where no command and no page before it has that name, else the path. */
  readonly name: string;
  readonly file: string;
}

/**
 * Runs `pestle help`: of a command its options, of a topic the path of its page and the page, otherwise what there is.
 * @throws {InvalidParameterError} for a topic that there is not
 */
export async function runHelp(session: Session, program: Command, topic: string | undefined): Promise<void> {
  const command = topic === undefined ? program : program.commands.find((known) => [known.name(), ...known.aliases()].includes(topic));
  if (command) {
    command.outputHelp();
    if (command === program) session.stdout.write(`\n${await listTopics(program)}\n`);
    return;
  }
  const topics = await findTopics(program);
  const wanted = topic!.replace(/^docs\//u, "").replace(/\.md(#.*)?$/u, "");
  const path = OTHER_NAMES[wanted] ?? wanted;
  const page = topics.find((known) => known.path === path || known.name === path);
  const file = page?.file ?? (/^decisions\/[\w-]+$/u.test(path) ? join(DOCS, `${path}.md`) : undefined);
  const text = file === undefined ? undefined : await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) throw unknownTopic(topic!, program, topics);
  session.stdout.write(`${file}\n\n${text}`);
}

/** Every page with its title, by the name that asks for it. */
async function listTopics(program: Command): Promise<string> {
  const topics = await findTopics(program);
  const rows = await Promise.all(topics.map(async ({ name, file }) => [name, /^# (.*)/u.exec(await readFile(file, "utf8"))?.[1] ?? ""]));
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  return ["Topics, for pestle help TOPIC:", ...rows.map(([name, title]) => `  ${name.padEnd(width)}  ${title}`)].join("\n");
}

async function findTopics(program: Command): Promise<Topic[]> {
  const taken = new Set(program.commands.flatMap((command) => [command.name(), ...command.aliases()]));
  const lists = await Promise.all(
    FOLDERS.map(async (folder) => {
      const files = await readdir(join(DOCS, folder)).catch((): string[] => []);
      return files.filter((file) => file.endsWith(".md")).sort().map((file) => ({ folder, short: basename(file, ".md"), file: join(DOCS, folder, file) }));
    }),
  );
  return lists.flat().map(({ folder, short, file }): Topic => {
    const path = [folder, short].filter(Boolean).join("/");
    const name = taken.has(short) ? path : short;
    taken.add(short);
    return { path, name, file };
  });
}

function unknownTopic(topic: string, program: Command, topics: readonly Topic[]): InvalidParameterError {
  const names = new Set([...program.commands.map((command) => command.name()), ...topics.map(({ name }) => name), ...Object.keys(OTHER_NAMES)]);
  // a part of a name is as good as a slip
  const distance = (name: string): number => (name.includes(topic) ? 0 : editDistance(topic.toLowerCase(), name));
  const near = [...names].sort((a, b) => distance(a) - distance(b)).slice(0, OFFERED);
  return new InvalidParameterError(`there is no help on "${topic}"; the nearest topics are ${near.join(", ")}; pestle help lists all`);
}
