import { readFileSync } from "node:fs";

const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string };

/** Version of this package. */
export const version = manifest.version;

/** Program and version, as result files name it: "pestle 0.1.0". */
export const programName = `pestle ${version}`;
