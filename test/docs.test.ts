// The documentation names files and commands that exist.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { main } from "../src/cli/main.js";

const root = fileURLToPath(new URL("..", import.meta.url));

function pagesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((name) => name.endsWith(".md") && !name.startsWith("docs/api"));
}

const pages = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", ...["docs", "bench", "examples", "test"].flatMap(pagesIn)];
const read = (page: string): string => readFileSync(join(root, page), "utf8");

/** GitHub's anchor of a heading. */
function anchorOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replace(/ /g, "-");
}

function anchors(file: string): string[] {
  return [...readFileSync(file, "utf8").matchAll(/^#+ (.*)$/gm)].map((match) => anchorOf(match[1]));
}

function brokenLinks(page: string): string[] {
  const text = read(page).replace(/```[\s\S]*?```/g, "");
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]).filter((link) => !/^[a-z]+:/.test(link));
  return links.filter((link) => {
    const [path, anchor] = link.split("#");
    const file = path === "" ? join(root, page) : resolve(join(root, dirname(page)), path);
    if (!existsSync(file)) return true;
    return anchor !== undefined && statSync(file).isFile() && !anchors(file).includes(anchor);
  });
}

interface Invocation {
  readonly page: string;
  readonly line: string;
  readonly words: readonly string[];
}

/** Every command line of pestle in the code blocks of a page. */
function invocations(page: string): Invocation[] {
  const blocks = [...read(page).matchAll(/```(?:sh|bash|)\n([\s\S]*?)```/g)].map((match) => match[1].replace(/\\\n/g, " "));
  return blocks
    .flatMap((block) => block.split("\n"))
    .map((line) => line.replace(/^\$ /, "").replace(/#.*$/, "").trim())
    .filter((line) => /^(npx )?pestle /.test(line))
    .map((line) => ({ page, line, words: line.replace(/^npx /, "").split(/\s+/).slice(1) }));
}

async function help(command: string): Promise<{ status: number; text: string }> {
  let text = "";
  const stream = (): Writable & { isTTY?: boolean } =>
    new Writable({
      write(chunk, _encoding, done) {
        text += String(chunk);
        done();
      },
    });
  const status = await main([command, "--help"], { stdout: stream(), stderr: stream() } as unknown as typeof process);
  return { status, text };
}

describe("the documentation", () => {
  it.each(pages)("%s links to what exists", (page) => {
    expect(brokenLinks(page)).toEqual([]);
  });

  it("shows commands and flags that exist", async () => {
    const all = pages.flatMap(invocations);
    expect(all.length).toBeGreaterThan(5);
    const wrong: string[] = [];
    for (const { page, line, words } of all) {
      const command = words[0];
      const { status, text } = await help(command);
      if (status !== 0 || !text.includes(`pestle ${command}`)) wrong.push(`${page}: there is no command "${command}": ${line}`);
      for (const flag of words.filter((word) => /^--?[a-z]/.test(word)).map((word) => word.split("=")[0])) {
        if (!new RegExp(`(^|[\\s,])${flag}(?![\\w-])`, "m").test(text)) wrong.push(`${page}: "${command}" has no ${flag}: ${line}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it("shows every command in the README", async () => {
    const { text } = await help("--help");
    const names = [...text.matchAll(/^ {2}([a-z][a-z-]*)\b.*$/gm)].map((match) => match[1]).filter((name) => name !== "help");
    expect(names.length).toBeGreaterThan(2);
    const shown = new Set(invocations("README.md").map(({ words }) => words[0]));
    expect(names.filter((name) => !shown.has(name))).toEqual([]);
  });

  it("names scripts that package.json has", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const named = pages.flatMap((page) => [...read(page).matchAll(/`?npm run ([a-z:]+)/g)].map((match) => match[1]));
    expect(named.length).toBeGreaterThan(2);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});
