// Compiles getters and setters of records with asc, from the sources, so that tests can ask the compiler where a field is.
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { sourceFiles } from "../../.ci/layers.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const assembly = join(root, "assembly");

/** The module that reads files is another one, whose host writes numbers one after the other. */
const other = join(assembly, "read");

/** Where the @unmanaged classes stand: name → path of the file in assembly/, without the extension. */
export function declaredRecords(): Map<string, string> {
  const found = new Map<string, string>();
  for (const file of sourceFiles(assembly).filter((path) => !path.startsWith(other))) {
    const declarations = readFileSync(file, "utf8").matchAll(/^@unmanaged\s+export class (\w+)/gm);
    for (const [, name] of declarations) found.set(name, relative(assembly, file).replace(/\.ts$/, ""));
  }
  return found;
}

export interface Probe {
  readonly memory: WebAssembly.Memory;
  bytes(record: string): number;
  get(record: string, field: string, pointer: number): number;
  set(record: string, field: string, pointer: number, value: number): void;
}

function probeSource(fields: Readonly<Record<string, Readonly<Record<string, { readonly type: string }>>>>): string {
  const places = declaredRecords();
  const lines = ['import { bytesOf } from "./records";'];
  for (const [name, ofRecord] of Object.entries(fields)) {
    lines.push(`import { ${name} } from "./${places.get(name)}";`);
    lines.push(`export function ${name}_bytes(): i32 { return <i32>bytesOf<${name}>(); }`);
    for (const [field, { type }] of Object.entries(ofRecord)) {
      lines.push(`export function ${name}_get_${field}(p: usize): f64 { return <f64>changetype<${name}>(p).${field}; }`);
      lines.push(`export function ${name}_set_${field}(p: usize, value: f64): void { changetype<${name}>(p).${field} = <${type}>value; }`);
    }
  }
  return lines.join("\n");
}

/**
 * @param fields of each record, with their types
 * @param edit changes a source before it is compiled
 */
export async function compileProbe(
  fields: Readonly<Record<string, Readonly<Record<string, { readonly type: string }>>>>, edit = (text: string): string => text,
): Promise<Probe> {
  let binary: Uint8Array | undefined;
  const readFile = (name: string): string | null => {
    if (name === "assembly/probe.ts") return probeSource(fields);
    try {
      const text = readFileSync(join(root, name), "utf8");
      return name.startsWith("assembly/") ? edit(text) : text;
    } catch {
      return null;
    }
  };
  const writeFile = (_name: string, contents: string | Uint8Array): void => void (binary = contents as Uint8Array);
  const files = ["assembly/probe.ts", "--config", "none", "--outFile", "probe.wasm"];
  const options = ["--runtime", "stub", "--noAssert", "--optimizeLevel", "1", "--initialMemory", "2", "--enable", "simd"];
  const { error, stderr } = await asc.main([...files, ...options], { readFile, writeFile, listFiles: () => [] });
  if (error || !binary) throw new Error(`the probe does not compile:\n${stderr.toString()}`);
  const { instance } = await WebAssembly.instantiate(binary as BufferSource, { env: { abort: () => undefined } });
  const call = (name: string, ...args: number[]): number => (instance.exports[name] as (...args: number[]) => number)(...args);
  return {
    memory: instance.exports.memory as WebAssembly.Memory,
    bytes: (record) => call(`${record}_bytes`),
    get: (record, field, pointer) => call(`${record}_get_${field}`, pointer),
    set: (record, field, pointer, value) => void call(`${record}_set_${field}`, pointer, value),
  };
}
