import { realpath } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { InvalidParameterError } from "../errors.js";
import { STANDARD_INPUT } from "../structures/io/input-name.js";

/**
 * Refuses an output that would replace an input.
 * @throws {InvalidParameterError}
 */
export async function refuseToReplace(output: string, inputs: readonly string[]): Promise<void> {
  const real = (path: string): Promise<string | undefined> => realpath(path === STANDARD_INPUT ? "/dev/stdin" : path).catch(() => undefined);
  const target = await real(output);
  if (target === undefined) return;
  for (const input of inputs) {
    if ((await real(input)) === target) throw new InvalidParameterError(`the output ${output} is also an input; name another file`);
  }
}

/** `dir/name.yaml` → `dir/name-best.yaml` */
export function besideWith(path: string, suffix: string, extension: string): string {
  return join(dirname(path), `${basename(path, extname(path))}${suffix}${extension}`);
}
