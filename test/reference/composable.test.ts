// Composed potentials against values of other programs: every model of every file. Set PESTLE_REFERENCE to compare with all of them.
import { describe, expect, it } from "vitest";
import { BoundForm } from "../../src/models/composed/bound-form.js";
import { ComposedModel } from "../../src/models/composed/model.js";
import { findPairs } from "../../src/models/composed/pairs.js";
import { attachPotential, modelTypeOf } from "../../src/models/index.js";
import { partTypes } from "../../src/models/registry.js";
import type { Geometry } from "../../src/environments/index.js";
import { withScratch } from "../../src/wasm/scratch.js";
import { referenceForm, type ReferenceModel, type ReferenceModels } from "../models/composed/reference-model.js";
import { expectKnown } from "./not-there.js";
import { flat, type Nested } from "./folder.js";
import { referenceSuite } from "./suite.js";

const suite = referenceSuite("composable");
const { folder, comparisons } = suite;

const TOLERANCE = 1e-12;
const MODEL_KEYS = ["name", "model", "parameters", "energy", "atomEnergies", "forces", "virial", "energyGradient", "features", "forceProjectionGradient"];

/** Files of models on one structure; Fisher spectra, told apart by what they hold, are those of composable-fisher.test.ts. */
const files = (folder?.files ?? []).flatMap((name) => (name.endsWith(".json") ? [{ name, content: folder!.json(name) as Record<string, unknown> }] : []));
const modelFiles = files.filter(({ content }) => "models" in content && "structure" in content);
const spectra = files.filter(({ content }) => !("models" in content && "structure" in content) && "frames" in content);

describe.skipIf(!folder)("composable", () => {
  it("has files, all of them known", () => {
    expect(modelFiles.length).toBeGreaterThan(0);
    expect(folder!.unknown).toEqual([]);
    expect(files.length, files.map(({ name }) => name).join()).toBe(modelFiles.length + spectra.length);
  });

  describe.each(modelFiles.map(({ name, content }) => [name, content] as const))("%s", (name, content) => {
    expectKnown(name, Object.keys(content), ["structure", "models"]);
    const file = content as unknown as ReferenceModels;
    const geometry = geometryOf(name, file);
    it.each(file.models.map((model) => [model.name, model] as const))("%s", (_, reference) => {
      expectKnown(`${name} ${reference.name}`, Object.keys(reference), MODEL_KEYS);
      compare(geometry, reference, `${name} ${reference.name}`);
    });
  });
});

function geometryOf(label: string, { structure: { numbers, positions, cell, pbc } }: ReferenceModels): Geometry {
  const flags: [boolean, boolean, boolean] = [pbc[0], pbc[1], pbc[2]];
  return { atomicNumbers: Uint8Array.from(numbers), positions: Float64Array.from(positions.flat()), cell: cell ? Float64Array.from(cell.flat()) : null, pbc: flags, label };
}

/** The model as a model file holds it. */
function modelOf(reference: ReferenceModel, geometry: Geometry): ComposedModel {
  const species = [...new Set(geometry.atomicNumbers)].sort((a, b) => a - b);
  const model = new ComposedModel({ species, ...referenceForm(reference, species.length) });
  const { parameters, arrays } = modelTypeOf(model).encode(model, partTypes);
  return modelTypeOf(model).decode({ parameters: JSON.parse(JSON.stringify(parameters)), arrays }, {}, "model", partTypes) as ComposedModel;
}

function compare(geometry: Geometry, reference: ReferenceModel, what: string): void {
  const { wasm, pool } = suite.executor;
  const model = modelOf(reference, geometry);
  expect(model.layout.parameters.map(({ name }) => name)).toEqual(reference.parameters);
  const { tables, release } = model.prepare();
  const evaluator = attachPotential(wasm, tables);
  const predicted = withScratch(pool, (scratch) => evaluator.evaluate(geometry, { want: { forces: true, virial: true, localEnergies: true } }, scratch));
  const nParameters = reference.parameters.length;
  const rows = withScratch(pool, (scratch) => {
    const pointer = evaluator.parameterRows!(geometry, { forces: true, virial: false }, scratch);
    return wasm.f64(pointer, (1 + 3 * geometry.atomicNumbers.length) * nParameters).slice();
  });
  release();
  const expectEqual = (quantity: string, actual: ArrayLike<number>, expected: Nested): void =>
    comparisons.compare(quantity, what, actual, flat(expected), TOLERANCE);
  expectEqual("energy", [predicted.energy], reference.energy);
  expectEqual("atomEnergies", predicted.localEnergies!, reference.atomEnergies);
  expectEqual("forces", predicted.forces!, reference.forces);
  expectEqual("virial", predicted.virial!, reference.virial);
  expectEqual("energyGradient", rows.subarray(0, nParameters), reference.energyGradient);
  const projection = reference.parameters.map((_, column) => predicted.forces!.reduce((sum, __, i) => sum + Math.sin(1 + i) * rows[(1 + i) * nParameters + column], 0));
  expectEqual("forceProjectionGradient", projection, reference.forceProjectionGradient);
  for (const [b, name] of Object.keys(reference.model.bases).entries()) {
    const features = withScratch(pool, (scratch) => {
      const pairs = findPairs(wasm, scratch, geometry, model.form, model.species);
      return new BoundForm(wasm, scratch, { ...model, atomEnergies: model.species.map(() => 0) }).features(pairs, b, scratch);
    });
    const expected = reference.features[name];
    expectEqual("features", features.subarray(0, expected.length), expected);
  }
}
