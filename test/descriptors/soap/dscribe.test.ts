import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDescriptor, Soap } from "../../../src/descriptors/index.js";
import type { Executor } from "../../../src/parallel/index.js";
import { symbolOf } from "../../../src/structures/index.js";
import { expectClose, testExecutor } from "../../expect.js";
import { Calculator, type System } from "../calculator.js";
import { fromJacobian } from "../differences.js";
import { speciesOf } from "../systems.js";
import { dscribe, type DscribeEntry, flat, fromDscribe, readSystem } from "./references.js";

/**
 * Relative to the largest value. S^(−1/2) of ten orbitals has condition numbers up to 4·10¹¹ there, so that DScribe's own value is
 * good to 1.4·10⁻⁸ only: that is how far it is from a calculation with 60 digits.
 */
const tolerances: Readonly<Record<string, number>> = { "si8.gto_n10l9r5s0.3": 3e-8 };
const TOLERANCE = 1e-8;

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

async function open(entry: DscribeEntry): Promise<{ system: System; calculator: Calculator }> {
  const read = await readSystem(entry.frame);
  const system: System = entry.params.periodic ? read : { ...read, cell: null, pbc: [false, false, false] };
  return { system, calculator: new Calculator(executor, createDescriptor(fromDscribe(entry) as { type: string }), speciesOf(system)) };
}

function valuesOf(entry: DscribeEntry, system: System, calculator: Calculator): Float64Array {
  const { nFeatures } = calculator;
  if (entry.centers) {
    const environments = calculator.environments(system, { centers: new Int32Array(0), extraCenters: Float64Array.from(entry.centers.flat()) });
    return calculator.compute(environments).values;
  }
  const { values } = calculator.compute(calculator.environments(system));
  return (entry.params.average ?? "off") !== "off" ? values : values.slice(0, entry.values.length * nFeatures);
}

describe("SOAP in DScribe's convention", () => {
  it("has reference values for every option", () => {
    expect(dscribe.entries.length).toBe(36);
  });

  it.each(dscribe.entries)("values of $name", async (entry) => {
    const { system, calculator } = await open(entry);
    expectClose(valuesOf(entry, system, calculator), flat(entry.values), tolerances[entry.name] ?? TOLERANCE, "relative-to-max");
    calculator.release();
  });

  const derived = dscribe.entries.filter((entry) => entry.derivatives_fd4);
  it.each(derived)("derivatives of $name", async (entry) => {
    const { system, calculator } = await open(entry);
    const attached = calculator.environments(system);
    const moving = fromJacobian(calculator, system, attached, calculator.compute(attached, { jacobian: true })).positions;
    for (const reference of [entry.derivatives_fd4, entry.derivatives_analytical_attach]) {
      if (!reference) continue;
      const expected = flat(reference);
      expectClose(moving.slice(0, expected.length), expected, TOLERANCE, "relative-to-max");
    }
    if (entry.derivatives_analytical_noattach) {
      // centers that stay where they are have the atom that leaves them as a neighbor at distance zero
      const fixed = calculator.environments(system, { centers: new Int32Array(0), extraCenters: system.positions });
      const expected = flat(entry.derivatives_analytical_noattach);
      const detached = fromJacobian(calculator, system, fixed, calculator.compute(fixed, { jacobian: true })).positions;
      expectClose(detached.slice(0, expected.length), expected, TOLERANCE, "relative-to-max");
    }
    calculator.release();
  });

  it.each(dscribe.locations)("order of the features of $frame", async ({ frame, locations }) => {
    const species = speciesOf(await readSystem(frame.includes(".") ? frame : `dscribe-${frame}.extxyz`));
    const features = new Soap({ type: "soap", nMax: 6, lMax: 4, sigma: 0.4, cutoff: { radius: 4.5 } }).features(species);
    expect(Object.keys(locations).length).toBe((species.length * (species.length + 1)) / 2);
    for (const [pair, [first, end]] of Object.entries(locations)) {
      for (const { channel } of features.slice(first, end)) expect(channel.join("-")).toBe(pair);
    }
    const [a, b] = [symbolOf(species[0]!), symbolOf(species.at(-1)!)];
    expect(features[0]!.label).toBe(`${a} ${a} n=1 n'=1 l=0`);
    expect(features[1]!.label).toBe(`${a} ${a} n=1 n'=2 l=0`);
    expect(features.at(-1)!.label).toBe(`${b} ${b} n=6 n'=6 l=4`);
  });
});
