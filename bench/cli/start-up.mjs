// What a command costs before it does anything, in processor time and as a multiple of what Node takes to do nothing.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatStructure } from "../../dist/structures/index.js";
import { inTurns, runNode, runPestle } from "./run-pestle.mjs";

const BYTES = 1e6;

async function start(name, { smoke, data, verify }, argsOf, expected) {
  const folder = mkdtempSync(join(tmpdir(), "pestle-bench-start-"));
  try {
    const file = join(folder, "data.xyz");
    writeFileSync(file, await textOf(data, smoke ? 1 : BYTES));
    const args = argsOf(file);
    const { stdout } = await runPestle(args);
    verify(expected.test(stdout), `${name} prints what it should`);
    const [node, run] = await inTurns(smoke ? 1 : 11, [() => runNode(["-e", "0"]), () => runPestle(args)]);
    return { count: 1, ...run, nodeCpuSeconds: node.cpuSeconds, timesNode: run.cpuSeconds / node.cpuSeconds, verified: true };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Frames of silicon, over and over, up to about so many bytes. */
async function textOf(data, bytes) {
  const frames = [...(await data.si())].map((structure) => formatStructure(structure));
  let text = "";
  for (let frame = 0; text.length < bytes; frame++) text += frames[frame % frames.length];
  return text;
}

const caseOf = (name, argsOf, expected) => ({ name, unit: "run", run: (context) => start(name, context, argsOf, expected) });

export const cases = [
  caseOf("start-help", () => ["--help"], /^Usage: pestle/u),
  caseOf("start-fit-help", () => ["fit", "--help"], /^Usage: pestle fit/u),
  caseOf("start-info", (file) => ["info", file], /^structures \d+/mu),
];
