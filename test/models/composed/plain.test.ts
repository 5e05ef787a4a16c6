// The readable twin of the evaluator against values of other programs, so that it may judge random trees.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { expectClose } from "../../expect.js";
import { PlainComposed } from "./plain.js";
import { referenceForm, type ReferenceModels, referenceStructure } from "./reference-model.js";

describe.each(["nb12.json", "nacl8.json", "ch4.json"])("the plain evaluator on %s", (name) => {
  const file = JSON.parse(readFileSync(new URL(`../../data/reference/composable/${name}`, import.meta.url), "utf8")) as ReferenceModels;
  const { structure, atomicNumbers } = referenceStructure(file);

  it.each(file.models.map((model) => [model.name, model] as const))("%s", (_, model) => {
    const { form, values } = referenceForm(model, atomicNumbers.length);
    const twin = new PlainComposed(form, structure, values);
    expect(twin.layout.parameters.map((parameter) => parameter.name)).toEqual(model.parameters);
    const predicted = twin.predict();
    expectClose([predicted.energy], [model.energy], 1e-12, "relative-to-max");
    expectClose(predicted.siteEnergies, model.atomEnergies, 1e-12, "relative-to-max");
    expectClose(predicted.forces, model.forces.flat(), 1e-12, "relative-to-max");
    expectClose(predicted.virial, model.virial.flat(), 1e-12, "relative-to-max");
    expectClose(predicted.gradient, model.energyGradient, 1e-12, "relative-to-max");
    const rows = twin.rows();
    expectClose(rows[0], model.energyGradient, 1e-12, "relative-to-max");
    const projected = model.parameters.map((__, column) => rows.slice(1).reduce((sum, row, i) => sum + Math.sin(1 + i) * row[column], 0));
    expectClose(projected, model.forceProjectionGradient, 1e-11, "relative-to-max");
  });
});
