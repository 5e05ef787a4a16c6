// Presets and sizes of every descriptor are parameters that it takes.
import { describe, expect, it } from "vitest";
import { createDescriptor, type DataKind, descriptorCost, descriptorNames, descriptorPresets } from "../../src/descriptors/index.js";
import { exampleParameters } from "./examples.js";

const kinds: Readonly<Record<string, DataKind>> = {
  silicon: { cutoff: 5, species: [14], isPeriodic: true, largestStructure: 64 },
  molecules: { cutoff: 5, species: [1, 6, 7, 8], isPeriodic: false, largestStructure: 27 },
  "twelve elements": { cutoff: 4.5, species: [1, 6, 7, 8, 9, 11, 13, 14, 15, 16, 17, 20], isPeriodic: true, largestStructure: 200 },
};

/** Made of others, so that nothing is known of their cost. */
const madeOfOthers = ["concatenation"];

describe("presets", () => {
  it.each(Object.keys(kinds))("for %s are descriptors of a length that can be handled", (kind) => {
    const presets = descriptorPresets(kinds[kind]);
    expect(new Set(presets.map(({ name }) => name)).size).toBe(presets.length);
    expect([...new Set(presets.map(({ parameters }) => parameters.type))].sort()).toEqual(descriptorNames.filter((name) => !madeOfOthers.includes(name)).sort());
    const common = presets.filter(({ isCommon }) => isCommon);
    expect(common.length).toBeGreaterThanOrEqual(6);
    for (const { parameters } of presets) createDescriptor<string>(parameters);
    for (const { name, parameters } of common) {
      const columns = createDescriptor<string>(parameters).featureCount(kinds[kind].species);
      expect(columns, name).toBeGreaterThan(0);
      expect(columns, name).toBeLessThan(20_000);
    }
  });
});

describe.each(descriptorNames.filter((name) => !madeOfOthers.includes(name)))("sizes of %s", (name) => {
  it("are parameters with one of them changed", () => {
    const { parameters } = createDescriptor<string>({ ...exampleParameters[name], type: name });
    for (const { name: size, values, with: parametersWith } of descriptorCost(name)!.sizes(parameters)) {
      expect(values.length, size).toBeGreaterThan(1);
      expect([...values].sort((a, b) => a - b), size).toEqual(values);
      const made = values.map((value) => {
        return JSON.stringify(createDescriptor<string>({ ...parametersWith(value), type: name }).parameters);
      });
      expect(new Set(made).size, `${size} changes the descriptor`).toBe(values.length);
    }
  });

  it("count arithmetic that grows from values over backward to the Jacobian", () => {
    const { parameters } = createDescriptor<string>({ ...exampleParameters[name], type: name });
    const counted = descriptorCost(name)!.arithmetic?.(parameters, { nSpecies: 2, nCenters: 10, nPairs: 200 });
    if (!counted) return;
    expect(counted.values).toBeGreaterThan(0);
    expect(counted.backward).toBeGreaterThan(counted.values);
    expect(counted.jacobian).toBeGreaterThan(counted.values);
  });
});
