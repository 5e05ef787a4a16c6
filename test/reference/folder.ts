import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { type Dataset, readDataset, type TargetKeys } from "../../src/structures/index.js";
import type { System } from "../descriptors/calculator.js";

/** Where reference values are: all that `PESTLE_REFERENCE` names, or the small copies of the project. */
export const referenceRoot = process.env.PESTLE_REFERENCE
  ? resolve(process.env.PESTLE_REFERENCE)
  : fileURLToPath(new URL("../data/reference/", import.meta.url));

if (!existsSync(referenceRoot)) throw new Error(`PESTLE_REFERENCE is ${referenceRoot}, which does not exist`);

/** Files of one folder of reference values by name; each may be stored compressed, with `.gz` behind its name. */
export class ReferenceFolder {
  /** Names relative to the folder, without `.gz`. */
  readonly files: readonly string[];
  private readonly known = new Set(["README.md"]);

  constructor(private readonly folder: string) {
    const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => statSync(join(folder, name)).isFile());
    this.files = names.map((name) => relative(".", name).replace(/\.gz$/u, "")).sort();
  }

  has(name: string): boolean {
    return this.files.includes(name);
  }

  /** Files that no suite has named: values that nobody compares with. */
  get unknown(): readonly string[] {
    return this.files.filter((name) => !this.known.has(name));
  }

  /** Says that the suite knows what these are. */
  know(...names: readonly string[]): void {
    for (const name of names) this.known.add(name);
  }

  /** @throws {Error} when the file is missing */
  path(name: string): string {
    this.know(name);
    const path = [name, `${name}.gz`].map((candidate) => join(this.folder, candidate)).find((candidate) => existsSync(candidate));
    if (!path) throw new Error(`${name} is not in ${this.folder}`);
    return path;
  }

  text(name: string): string {
    const content = readFileSync(this.path(name));
    return (content[0] === 0x1f && content[1] === 0x8b ? gunzipSync(content) : content).toString("utf8");
  }

  json(name: string): unknown {
    return JSON.parse(this.text(name));
  }

  dataset(name: string, keys?: TargetKeys): Promise<Dataset> {
    return readDataset(this.path(name), keys && { keys });
  }

  /** The atoms of a file with one structure. */
  async system(name: string): Promise<System> {
    const { positions, cell, pbc, atomicNumbers } = (await this.dataset(name)).structure(0);
    return { name, atomicNumbers: [...atomicNumbers], positions, cell, pbc };
  }
}

/** Undefined where the set has no such folder. */
export function referenceFolder(name: string): ReferenceFolder | undefined {
  const path = join(referenceRoot, name);
  return existsSync(path) ? new ReferenceFolder(path) : undefined;
}

export type Nested = number | readonly Nested[];

/** All numbers of nested arrays, in order. */
export function flat(values: Nested): number[] {
  return typeof values === "number" ? [values] : values.flatMap(flat);
}
