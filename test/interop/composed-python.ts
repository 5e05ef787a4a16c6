import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Programs that may have numpy. */
const python = ["python3", "/usr/bin/python3"].find((program) => {
  try {
    execFileSync(program, ["-c", "import numpy"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
});

/** Whether the reader can run here. */
export const hasNumpy = python !== undefined;

/** Arguments of `evaluate`. */
export interface PythonJob {
  /** Content of the JSON file. */
  readonly model: unknown;
  readonly numbers: readonly number[];
  readonly positions: readonly (readonly number[])[];
  readonly cell: readonly (readonly number[])[];
  readonly pbc: readonly boolean[];
}

/** What it gives. */
export interface PythonResult {
  readonly energy: number;
  readonly forces: number[][];
  readonly stress: number[][] | null;
}

const examples = fileURLToPath(new URL("../../examples/composed", import.meta.url));
const script = `
import json, sys
sys.path.insert(0, sys.argv[1])
from composed import evaluate
for job in json.load(open(sys.argv[2])):
    energy, forces, stress = evaluate(**job)
    print(json.dumps({"energy": float(energy), "forces": forces.tolist(), "stress": None if stress is None else stress.tolist()}))
`;

/** Runs the reader that lies in `place`, or the one of the examples, on each job. */
export function evaluateInPython(jobs: readonly PythonJob[], place = examples): PythonResult[] {
  const folder = mkdtempSync(join(tmpdir(), "pestle-composed-jobs-"));
  try {
    const path = join(folder, "jobs.json");
    writeFileSync(path, JSON.stringify(jobs));
    const output = execFileSync(python!, ["-B", "-c", script, place, path], { encoding: "utf8", maxBuffer: 1 << 27, stdio: ["ignore", "pipe", "pipe"] });
    return output.trim().split("\n").map((line) => JSON.parse(line) as PythonResult);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
