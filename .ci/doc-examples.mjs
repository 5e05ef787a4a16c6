// The TypeScript and JavaScript examples of README and docs, compiled as a strict project of somebody else would.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** What the strictest of users may ask of our declarations; `skipLibCheck` is off. */
export const compilerOptions = {
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  module: "NodeNext",
  target: "ES2022",
  lib: ["ES2023", "DOM", "DOM.Iterable", "DOM.AsyncIterable"],
  types: ["node"],
  noEmit: true,
};

/** README and the pages of docs; those of docs/api are made from them. */
function pages() {
  const names = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" }).map((name) => join("docs", name));
  return ["README.md", ...names.filter((name) => name.endsWith(".md") && !name.startsWith(join("docs", "api")))].sort();
}

/**
 * The modules of a page: its blocks in one, as readers follow them, and beside it those that have a file name after the language
 * (```ts own.ts). A line of a module is the line of the page with the same number, so that messages of the compiler lead there.
 * @returns {Map<string, string>} text by file name
 */
export function examplesOf(page, text) {
  const modules = new Map();
  const own = `${page.replace(/\.md$/, "").replaceAll(/[\\/]/g, "-")}.ts`;
  let file;
  text.split("\n").forEach((line, index) => {
    const fence = /^```(\S*) *(\S*)$/.exec(line);
    if (fence) {
      file = file === undefined && /^(?:ts|js|typescript|javascript|mjs)$/.test(fence[1]) ? fence[2] || own : undefined;
      if (file && !modules.has(file)) modules.set(file, []);
    } else if (file) modules.get(file)[index] = line;
  });
  // an `export` makes a module of blocks without imports
  return new Map([...modules].map(([name, lines]) => [name, `${Array.from(lines, (line) => line ?? "").join("\n")}\nexport {};\n`]));
}

/** Writes the modules of every page into a folder of its own in `folder`. @returns {string[]} their paths in `folder` */
export function writeExamples(folder) {
  const files = [];
  for (const page of pages()) {
    const modules = examplesOf(page, readFileSync(join(root, page), "utf8"));
    for (const [name, text] of modules) {
      const path = join("pages", page.replace(/\.md$/, ""), name);
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
      files.push(path);
    }
  }
  // what the guide to descriptors imports
  writeFileSync(join(folder, "pages", "docs", "how-to", "new-descriptor", "moments.mjs"), readFileSync(join(root, "examples", "descriptor", "moments.mjs")));
  return files;
}

/**
 * Compiles files of a project in which pestle is installed.
 * @param folder with the files and node_modules/pestle
 * @returns {string} what the compiler has to say; empty where all is well
 */
export function compile(folder, files, options = {}) {
  const typeRoots = [join(root, "node_modules", "@types")];
  const config = { compilerOptions: { ...compilerOptions, allowJs: true, typeRoots, ...options }, files };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config, undefined, 2));
  try {
    execFileSync(process.execPath, [join(root, "node_modules", "typescript", "bin", "tsc"), "-p", "tsconfig.json"], { cwd: folder, encoding: "utf8" });
    return "";
  } catch (error) {
    return error.stdout ?? String(error);
  }
}
