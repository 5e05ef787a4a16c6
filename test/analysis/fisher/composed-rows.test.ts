// Derivatives by every parameter in high precision: rounded to doubles they are the stored ones, and those of the plain evaluator.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PreciseComposedRows } from "../../../src/analysis/fisher/precise/composed-rows.js";
import { precisePairs, SEARCH_MARGIN } from "../../../src/analysis/fisher/precise/pairs.js";
import { fisherData } from "../../../src/analysis/fisher/fisher-data.js";
import { preciseInformation } from "../../../src/analysis/fisher/precise/information-task.js";
import { PreciseArithmetic } from "../../../src/math/precise/arithmetic.js";
import { layoutParameters } from "../../../src/models/composed/parameters.js";
import { parseNotation } from "../../../src/models/composed/notation.js";
import { neighborList } from "../../../src/neighbors/index.js";
import { createExecutor, type Executor } from "../../../src/parallel/index.js";
import { Dataset, type Structure } from "../../../src/structures/index.js";
import { expectClose, testExecutor } from "../../expect.js";
import { PlainComposed } from "../../models/composed/plain.js";
import { referenceForm, type ReferenceModels, referenceStructure } from "../../models/composed/reference-model.js";
import { makeStructure, randomStructure } from "../../models/systems.js";
import { referenceFolder } from "../../reference/folder.js";

const folder = referenceFolder("composable");
let executor: Executor;
let numbers: PreciseArithmetic;
beforeAll(async () => {
  executor = await testExecutor();
  numbers = await PreciseArithmetic.open(128);
});
afterAll(async () => {
  numbers.close();
  await executor.close();
});

const files = (folder?.files.filter((file) => file.endsWith(".json")) ?? []).map((file) => ({ file, content: folder!.json(file) as ReferenceModels }));
const isLarge = ({ structure }: ReferenceModels): boolean => structure.numbers.length > 20;
const cases = files.flatMap(({ file, content }) => (content.structure && (process.env.PESTLE_REFERENCE || !isLarge(content)) ? content.models.map((model) => ({ file, content, name: model.name, model })) : []));

/** Plain evaluation of every row takes long beyond. */
const FEW_ATOMS = 8;

describe.skipIf(cases.length === 0)("rows in high precision", () => {
  it.each(cases)("$file: $name", async ({ content, model }) => {
    const { structure, atomicNumbers: species } = referenceStructure(content);
    const nAtoms = structure.positions.length;
    const geometry: Structure = {
      atomicNumbers: Uint8Array.from(content.structure.numbers),
      positions: Float64Array.from(structure.positions.flat()),
      cell: Float64Array.from(structure.cell?.flat() ?? []),
      pbc: structure.pbc as unknown as Structure["pbc"],
      label: "stored",
      targets: {},
      configType: "",
      info: {},
    } as unknown as Structure;
    const { form, values } = referenceForm(model, species.length);
    const mark = numbers.mark();
    const list = await neighborList(executor, geometry.cell!.length > 0 ? geometry : { ...geometry, cell: null }, form.cutoff.radius * SEARCH_MARGIN);
    const own = new PreciseComposedRows(numbers, precisePairs(numbers, geometry, list, form.cutoff, species), { form, species, values });
    const { parameters } = layoutParameters(form, species.length);
    const n = parameters.length;
    const flat = numbers.numbers(own.rows({ forces: true, virial: true }), (3 * nAtoms + 7) * n);
    // by α and β, not by their logarithms
    const rows = Array.from({ length: 3 * nAtoms + 7 }, (_, r) => parameters.map(({ kind }, p) => flat[r * n + p] / (kind === "alpha" || kind === "beta" ? values[p] : 1)));
    expectClose(rows[0], model.energyGradient, 1e-13, "relative-to-max");
    const projected = parameters.map((_, p) => rows.slice(1, 3 * nAtoms + 1).reduce((sum, row, k) => sum + Math.sin(1 + k) * row[p], 0));
    expectClose(projected, model.forceProjectionGradient, 2e-12, "relative-to-max");
    expectClose(numbers.numbers(own.energies, nAtoms), model.atomEnergies, 1e-14, "relative-to-max");
    if (nAtoms <= FEW_ATOMS) {
      const twin = new PlainComposed(form, structure, values, species.length).rows({ virial: true });
      for (const [first, last] of [[0, 1], [1, 3 * nAtoms + 1], [3 * nAtoms + 1, rows.length]]) {
        expectClose(rows.slice(first, last).flat(), twin.slice(first, last).flat(), 1e-11, "relative-to-max");
      }
    }
    // by the linear parameters alone: the same columns, and nothing of forces where they are not asked for
    const linear = parameters.flatMap(({ kind }, p) => (kind === "coefficient" || kind === "shift" ? [p] : []));
    const energies = numbers.numbers(own.rows({ forces: false, virial: false, linearOnly: true }), linear.length);
    expect([...energies]).toEqual(linear.map((p) => flat[p]));
    numbers.reset(mark);
  });
});

describe("information in high precision", () => {
  it("has the same bits on one thread and on two, which load the library by themselves", async () => {
    const form = { ...parseNotation("E[G3L2] x G2"), cutoff: { radius: 4, function: "poly4" as const } };
    const structures = [1, 2, 3].map((seed) => makeStructure(randomStructure(seed), { energy: 1, forces: new Float64Array(18) }));
    const potential = { form, species: [11, 17], values: Float64Array.from({ length: layoutParameters(form, 2).parameters.length }, (_, p) => 0.3 + 0.1 * Math.sin(p)) };
    const data = fisherData(Dataset.from(structures), { energy: 0.1, forces: 0.3, perAtom: false, configTypes: {} }, [11, 17]);
    const threads = await createExecutor({ threads: 2 });
    const [one, two] = await Promise.all([executor, threads].map((own) => preciseInformation(numbers, potential, data.structures, { executor: own })));
    await threads.close();
    const n = potential.values.length;
    expect(numbers.save(two.matrix, n * n).length).toBe(n * n * numbers.bytesPerNumber);
    const texts = (of: typeof one): string[] => Array.from({ length: n * n }, (_, e) => numbers.text(numbers.at(of.matrix, e), 40));
    expect(texts(two)).toEqual(texts(one));
    expect(numbers.number(one.matrix)).toBeGreaterThan(0);
  });
});
