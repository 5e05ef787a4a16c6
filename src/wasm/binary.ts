import { InternalError } from "../errors.js";

const isNode = typeof process !== "undefined" && process.versions?.node !== undefined;

/**
 * The bytes of a build, from its file. The module for pages has them in itself and another function in the place of this one, see
 * bundle/browser.mjs.
 */
export async function binaryOf(build: string): Promise<BufferSource> {
  const url = new URL(`../../build/${build}.wasm`, import.meta.url);
  if (!isNode || url.protocol !== "file:") {
    const response = await fetch(url);
    if (!response.ok) throw new InternalError(`cannot load ${url.href}: HTTP status ${response.status}`);
    return response.arrayBuffer();
  }
  const { readFile } = await import("node:fs/promises");
  try {
    return await readFile(url);
  } catch (error) {
    throw new InternalError(`cannot load the WebAssembly build "${build}": run "npm run build" in a checkout, or reinstall the package`, {
      cause: error,
    });
  }
}
