// One run of the command line in a process of its own, with the processor time that it took.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const pestle = fileURLToPath(new URL("../../bin/pestle.js", import.meta.url));
const atExit = fileURLToPath(new URL("at-exit.cjs", import.meta.url));

/** Runs Node; resolves to seconds, cpuSeconds and stdout, rejects unless it ends with 0. */
export function runNode(args) {
  return new Promise((resolve, reject) => {
    const begin = performance.now();
    const child = spawn(process.execPath, ["--require", atExit, ...args], { stdio: ["ignore", "pipe", "pipe", "pipe"] });
    const texts = ["", "", "", ""];
    for (const stream of [1, 2, 3]) child.stdio[stream].setEncoding("utf8").on("data", (part) => (texts[stream] += part));
    child.once("error", reject);
    child.once("close", (status) => {
      const [, stdout, stderr, microseconds] = texts;
      if (status === 0) resolve({ seconds: (performance.now() - begin) / 1000, cpuSeconds: Number(microseconds) / 1e6, stdout });
      else reject(new Error(`${args.join(" ")} ended with ${status}: ${stderr}`));
    });
  });
}

export const runPestle = (args) => runNode([pestle, ...args]);

/** Medians of runs in turns, so that other programs on the machine meet all alike: one { seconds, cpuSeconds } for each of `works`. */
export async function inTurns(rounds, works) {
  const runs = works.map(() => []);
  for (let round = 0; round < rounds; round++) {
    const order = works.map((_, index) => index);
    for (const index of round % 2 === 0 ? order : order.reverse()) runs[index].push(await works[index]());
  }
  const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
  return runs.map((list) => ({ seconds: median(list.map(({ seconds }) => seconds)), cpuSeconds: median(list.map(({ cpuSeconds }) => cpuSeconds)) }));
}
