import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { ModuleKind, ScriptTarget, transpileModule } from "typescript";

const here = fileURLToPath(new URL(".", import.meta.url));
const dist = new URL("../../../dist/", import.meta.url).href;

/**
 * Compiles the toy for worker threads, which run `dist/` and no TypeScript.
 * @param folder inside the project, so that packages are found
 * @returns URL of the module that registers it there
 */
export function compileForWorkers(folder: string): string {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(here).filter((file) => !file.startsWith("for-workers"))) {
    const source = readFileSync(join(here, name), "utf8").replaceAll("../../../src/", dist);
    const { outputText } = transpileModule(source, { compilerOptions: { module: ModuleKind.ESNext, target: ScriptTarget.ES2022 } });
    writeFileSync(join(folder, name.replace(/\.ts$/, ".js")), outputText);
  }
  return pathToFileURL(join(folder, "register.js")).href;
}
