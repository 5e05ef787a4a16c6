// The time that high precision is expected to take, against the operations that it takes: no clock is read.
import { afterEach, expect, it } from "vitest";
import { fisherInformation, planFisher } from "../../../src/analysis/index.js";
import { PreciseArithmetic } from "../../../src/math/precise/arithmetic.js";
import { ComposedModel, layoutParameters, parseNotation } from "../../../src/models/index.js";
import { Dataset } from "../../../src/structures/index.js";
import { testExecutor } from "../../expect.js";
import { makeStructure, randomStructure } from "../../models/systems.js";

/** s for an operation, the mean of 256 and 512 bits: docs/theory/fisher-information.md has products and exponentials, others are rounded from them. */
const SECONDS = { add: 1e-7, subtract: 1e-7, multiply: 1.5e-7, scale: 1e-7, divide: 4e-7, multiplyAdd: 1.5e-7, multiplySubtract: 1.5e-7, squareRoot: 4e-7, exponential: 4e-6 } as const;
type Operation = (this: PreciseArithmetic, ...args: number[]) => void;
const operations = PreciseArithmetic.prototype as unknown as Record<string, Operation>;
const plain = Object.fromEntries(Object.keys(SECONDS).map((name) => [name, operations[name]]));
afterEach(() => void Object.assign(operations, plain));

let seconds: number;
/** Counts from now on. Not by spies, which keep every call. */
function countSeconds(): void {
  seconds = 0;
  for (const [name, cost] of Object.entries(SECONDS)) {
    const own = plain[name];
    operations[name] = function (...args) {
      seconds += cost;
      own.apply(this, args);
    };
  }
}

it.each(["C4", "E[G4L2]", "E[G4L2] + N[E[G4L2]]", "G4 x E[G4L2]", "T2[0,1,2]", "G2 x T2[0,1]"])("is within a factor 3 of what the operations take: %s", async (notation) => {
  const form = { ...parseNotation(notation), cutoff: { radius: 6, function: "poly4" as const } };
  const { parameters } = layoutParameters(form, 1);
  const values = Float64Array.from(parameters, ({ kind }, p) => (kind === "alpha" ? 0.1 : kind === "beta" ? 1.9 : 0.4 + 0.2 * Math.sin(3 * p)));
  const model = new ComposedModel({ species: [11], form, values });
  const structures = [0, 1].map((seed) => {
    const structure = randomStructure(seed, 8);
    return makeStructure({ ...structure, atomicNumbers: structure.atomicNumbers.map(() => 11) }, { energy: 1, forces: new Float64Array(24) });
  });
  const dataset = Dataset.from(structures);
  const executor = await testExecutor();
  const { highSeconds } = planFisher(model, dataset, executor, undefined);
  countSeconds();
  await fisherInformation(model, dataset, { executor }, { precision: "high", bits: 64 });
  await executor.close();
  expect(seconds).toBeGreaterThan(1e-3);
  expect(highSeconds!).toBeGreaterThan(seconds / 3);
  expect(highSeconds!).toBeLessThan(seconds * 3);
});
