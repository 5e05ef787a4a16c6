// The reader in Python, where the machine has numpy: against reference values, and against the readable twin.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ComposedContent } from "../../src/interop/composed/embedded-atom.js";
import { composedJson } from "../../src/interop/composed/json-model.js";
import { writeComposedSum } from "../../src/interop/composed/write-model.js";
import { expectClose } from "../expect.js";
import { PlainComposed, type PlainStructure } from "../models/composed/plain.js";
import { referenceForm, type ReferenceModels, referenceStructure } from "../models/composed/reference-model.js";
import { composedOf } from "./composed-models.js";
import { evaluateInPython, hasNumpy, type PythonJob, type PythonResult } from "./composed-python.js";

const title = hasNumpy ? "the reader in Python" : "the reader in Python (skipped: no python3 can import numpy)";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pestle-composed-python-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function volume([a, b, c]: readonly (readonly number[])[]): number {
  return Math.abs(a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) + a[2] * (b[0] * c[1] - b[1] * c[0]));
}

function expectPredicted({ energy, forces, stress }: PythonResult, expected: { readonly energy: number; readonly forces: readonly number[]; readonly virial: readonly number[] }, structure: Pick<PlainStructure, "cell" | "pbc">): void {
  expectClose([energy], [expected.energy], 1e-10, "relative-to-max");
  expectClose(forces.flat(), expected.forces, 1e-10, "relative-to-max");
  expect(stress !== null).toBe(structure.pbc.every(Boolean));
  if (stress) expectClose(stress.flat().map((component) => -component * volume(structure.cell)), expected.virial, 1e-10, "relative-to-max");
}

describe.skipIf(!hasNumpy)(title, () => {
  it.each(["nb12.json", "nb54.json", "nacl8.json", "ch4.json"])("gives the reference values of %s", (name) => {
    const file = JSON.parse(readFileSync(new URL(`../data/reference/composable/${name}`, import.meta.url), "utf8")) as ReferenceModels;
    const { atomicNumbers } = referenceStructure(file);
    const { numbers, positions, cell, pbc } = file.structure;
    const jobs = file.models.map((own): PythonJob => {
      const { form, values } = referenceForm(own, atomicNumbers.length);
      return { model: JSON.parse(composedJson({ species: atomicNumbers, form, values })) as unknown, numbers, positions, cell, pbc };
    });
    const results = evaluateInPython(jobs);
    expect(results.length).toBe(file.models.length);
    for (const [k, { energy, forces, virial }] of file.models.entries()) expectPredicted(results[k], { energy, forces: forces.flat(), virial: virial.flat() }, file.structure);
  });

  it("gives those of the twin for trees of any depth, cells of any shape, and atoms alone", async () => {
    const contents: ComposedContent[] = [
      composedOf("((G3 x E[T2[1,3]#1 L2]) + N[E[T2[1,3]#1 L1]]) x (C2 + TC2[0,2]) x G2", { species: [1, 6, 8], cutoff: { radius: 3, function: "bump" } }),
      composedOf("E[G2 L2] x C3 + N[E[C2 L2]]", { species: [1, 6, 8], cutoff: { radius: 3, function: "smoothstep7" }, mode: "channels" }),
      composedOf("N[E[G2 L2]] + TC3[0,1,4] x T1[2]", { species: [1, 6, 8], cutoff: { radius: 3, function: "poly4" }, mode: "alike" }),
    ];
    const positions = [[0, 0, 0], [1.1, 0.2, -0.1], [-0.4, 1.3, 0.5], [0.3, -0.9, 1.7], [5.2, 4.1, -3]];
    const cell = [[2.9, 0.1, 0], [0.7, 3.3, 0.2], [-0.3, 0.4, 3.8]];
    const structures: PlainStructure[] = [
      ...[[true, true, true], [true, false, true], [false, false, false]].map((pbc) => ({ species: [0, 1, 2, 1, 0], positions, cell, pbc })),
      { species: [2], positions: [[1, 2, 3]], cell, pbc: [false, false, false] },
    ];
    const cases = contents.flatMap((content) => structures.map((structure) => ({ content, structure })));
    const results = evaluateInPython(cases.map(({ content, structure: { species, ...rest } }) => ({ model: JSON.parse(composedJson(content)) as unknown, numbers: species.map((s) => content.species[s]), ...rest })));
    for (const [k, { content, structure }] of cases.entries()) {
      const expected = new PlainComposed(content.form, structure, content.values, content.species.length).predict();
      expectPredicted(results[k], expected, structure);
    }
    const { files } = await writeComposedSum(join(folder, "model.json"), { potential: contents[0], overlays: [] });
    expect(files).toEqual(["model.json", "composed.py"]);
    const job = { model: JSON.parse(readFileSync(join(folder, "model.json"), "utf8")) as unknown, numbers: [8], positions: [[0, 0, 0]], cell, pbc: [false, false, false] };
    expect(evaluateInPython([job], folder)[0].energy).toBe(results[3].energy);
    expect(() => evaluateInPython([{ ...job, numbers: [7] }])).toThrow(/ValueError: the potential knows the elements \[1, 6, 8\] only/u);
  });
});
