// Candidates trained and judged on structures whose energies and forces another potential predicts.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fisherInformation } from "../../src/analysis/index.js";
import type { CandidateEvaluation } from "../../src/compose/candidate.js";
import { DataEvaluator } from "../../src/compose/data-evaluator.js";
import { growPotential, type GrownPotential } from "../../src/compose/grow-potential.js";
import { resolveCompose } from "../../src/compose/schema.js";
import { startForm, valuedForm } from "../../src/compose/valued-form.js";
import { proposals } from "../../src/compose/moves/propose.js";
import { drawExponents } from "../../src/compose/moves/draw.js";
import { CancelledError, InvalidParameterError, NumericalError } from "../../src/errors.js";
import { fitComposed } from "../../src/fit/index.js";
import { seededRandom } from "../../src/math/random.js";
import { ComposedModel } from "../../src/models/composed/model.js";
import { evaluateStructure, layoutParameters, parseNotation, printNotation } from "../../src/models/index.js";
import { createExecutor, type Executor } from "../../src/parallel/index.js";
import { Holdings } from "../../src/parallel/holdings.js";
import { Dataset, type Structure } from "../../src/structures/index.js";
import { memoryJournal } from "../../src/tune/journal/journal.js";
import type { Entry } from "../../src/tune/journal/lines.js";
import { expectClose, testExecutor } from "../expect.js";
import { makeStructure, randomStructure } from "../models/systems.js";

const cutoff = { radius: 4.5, function: "poly4" } as const;
const request = resolveCompose({ model: { cutoff }, fit: { starts: 2, sigma: { energy: 0.5, forces: 0.2, perAtom: false } }, seed: 4 });
const SIGMA = [0.5, 0.2] as const;

let executor: Executor;
let train: Dataset;
let validation: Dataset;
let holdings: Holdings;
let evaluator: DataEvaluator;

const formOf = (text: string) => ({ cutoff, ...parseNotation(text) });

beforeAll(async () => {
  executor = await testExecutor();
  const form = formOf("E[G3L2]");
  const values = Float64Array.from(layoutParameters(form, 1).parameters, ({ kind }, i) => ({ alpha: 0.12, beta: 1.9, exponent: i % 2 ? -0.7 : 0.3, weight: 1, shift: -1.2, coefficient: 0.4 * Math.cos(3 * i) })[kind]);
  const truth = new ComposedModel({ species: [11], form, values });
  const of = async (first: number, count: number): Promise<Dataset> => {
    const known: Structure[] = [];
    for (let i = 0; i < count; i++) {
      const structure = { ...randomStructure(first + i, 6), atomicNumbers: new Uint8Array(6).fill(11) } as unknown as Structure;
      const { energy, forces } = await evaluateStructure(truth, structure, executor, { want: { forces: true } });
      known.push(makeStructure(structure, { energy, forces }, "bulk"));
    }
    return Dataset.from(known);
  };
  [train, validation] = [await of(700, 10), await of(800, 4)];
  holdings = new Holdings(executor);
  evaluator = await DataEvaluator.open(request, formOf("G4"), { train, validation }, { executor }, holdings);
});
afterAll(() => {
  holdings.release();
  return executor.close();
});

/** Σ (residual/σ)² from predictions. */
async function lossOf(model: ComposedModel, dataset: Dataset): Promise<number> {
  let sum = 0;
  for (let i = 0; i < dataset.nStructures; i++) {
    const { energy, forces } = await evaluateStructure(model, dataset.structure(i), executor, { want: { forces: true } });
    sum += ((energy - dataset.energies[i]) / SIGMA[0]) ** 2;
    forces!.forEach((force, k) => (sum += ((force - dataset.forces[3 * dataset.offsets[i] + k]) / SIGMA[1]) ** 2));
  }
  return sum;
}

describe("candidates on data", () => {
  let parent: CandidateEvaluation;
  const parentForm = formOf("G4");
  beforeAll(async () => {
    parent = await evaluator.evaluate({ form: parentForm, fresh: [], seed: 1 });
  });

  it("have losses and errors as their predictions say, on both parts", async () => {
    const model = evaluator.model(parentForm, Float64Array.from(parent.parameters));
    for (const [part, dataset] of [["train", train], ["validation", validation]] as const) {
      const expected = await lossOf(model, dataset);
      expectClose([parent.loss[part]], [expected], 1e-8 * expected);
      let [squares, count] = [0, 0];
      for (let i = 0; i < dataset.nStructures; i++) {
        const { forces } = await evaluateStructure(model, dataset.structure(i), executor, { want: { forces: true } });
        forces!.forEach((force, k) => (squares += (force - dataset.forces[3 * dataset.offsets[i] + k]) ** 2));
        count += forces!.length;
      }
      expectClose([parent.errors[part].force!], [Math.sqrt(squares / count)], 1e-10);
    }
    expect(parent.cost).toBeGreaterThan(0);
  });

  it("have the spectrum that Fisher information has", async () => {
    const model = evaluator.model(parentForm, Float64Array.from(parent.parameters));
    const { spectra: [{ name, raw, scaled }] } = await fisherInformation(model, train, { executor }, { sigma: request.fit.sigma, precision: "double" });
    expect(name).toBe("linear");
    expect(parent.spectrum.eigenvalues).toHaveLength(raw.eigenvalues.length);
    parent.spectrum.eigenvalues.forEach((value, k) => expectClose([value], [Number(raw.eigenvalues[k])], 10 ** (1 - raw.digits[k]) * value));
    expectClose([parent.spectrum.log10Kappa!, parent.spectrum.log10KappaScaled!], [raw.log10Kappa!, scaled.log10Kappa!], 1e-3);
    expect(parent.spectrum.nSignificant).toBe(raw.significant.count);
  });

  it("are never worse on the training structures than what they come from, for moves that begin with its predictions", async () => {
    const valued = valuedForm(parentForm, parent.parameters, 1);
    const moves = proposals(valued, { limits: { functions: 8, exponents: 4, leaves: 3, size: 60 }, term: valued, tried: new Set() }).filter(({ move }) => move.isExact);
    expect(moves.length).toBeGreaterThan(2);
    for (const { move } of moves) {
      const { form, values, fresh } = startForm(await drawExponents(move.to, seededRandom(3), evaluator.largestFeature));
      const { loss } = await evaluator.evaluate({ form, starts: [values], fresh, seed: 1 });
      expect(loss.train, printNotation(form)).toBeLessThanOrEqual(parent.loss.train * (1 + 1e-9));
    }
  });

  it("say what dropping coefficients costs: the triangle has the minimum at their values", async () => {
    const { triangle, coefficients, places } = await evaluator.linearMinimum(parentForm, parent.parameters);
    const size = places.length;
    expect(size).toBe(5);
    // without its last coefficient the loss rises by (c R_nn)²
    const rise = (coefficients[size - 1] * triangle[size * size - 1]) ** 2;
    const changed = Float64Array.from(parent.parameters);
    changed[places[size - 1]] = 0;
    for (let i = size - 2; i >= 0; i--) {
      let rest = triangle[i * size + size - 1] * coefficients[size - 1];
      for (let j = i + 1; j < size - 1; j++) rest -= triangle[i * size + j] * (changed[places[j]] - coefficients[j]);
      changed[places[i]] = coefficients[i] + rest / triangle[i * size + i];
    }
    const expected = parent.loss.train + rise;
    expectClose([await lossOf(evaluator.model(parentForm, changed), train)], [expected], 1e-7 * expected);
  });

  it("are the same for any number of threads", async () => {
    const other = await createExecutor({ threads: 2 });
    const own = new Holdings(other);
    try {
      const threaded = await DataEvaluator.open(request, formOf("G4"), { train, validation }, { executor: other }, own);
      const { cost: _, ...again } = await threaded.evaluate({ form: parentForm, fresh: [], seed: 1 });
      const { cost: __, ...before } = parent;
      expect(again).toEqual(before);
    } finally {
      own.release();
      await other.close();
    }
  });

  it("fail with a reason where no value is finite", async () => {
    const form = formOf("G2");
    const starts = [new Float64Array(layoutParameters(form, 1).parameters.length).fill(NaN)];
    await expect(evaluator.evaluate({ form, starts, fresh: [], seed: 1 })).rejects.toThrow(new NumericalError("no start has finite energies and forces"));
  });
});

describe("data that do not fit together", () => {
  const open = (parts: { train: Dataset; validation: Dataset }) => DataEvaluator.open(request, formOf("G4"), parts, { executor }, new Holdings(executor)).then(() => "they were not refused");
  it("are refused", async () => {
    const chlorine = Dataset.from([makeStructure({ ...randomStructure(900, 4), atomicNumbers: new Uint8Array(4).fill(17) }, { energy: 1, forces: new Float64Array(12) }, "")]);
    await expect(open({ train, validation: chlorine })).rejects.toThrow(new InvalidParameterError("the validation data has Cl, which the training data has not: move structures between them"));
    await expect(open({ train: Dataset.from([]), validation })).rejects.toThrow(new InvalidParameterError("the training data has no atoms"));
    const narrow = growPotential({ model: { cutoff: { ...cutoff, radius: 0.2 } } }, { train, validation }, executor).then(() => "it was not refused");
    await expect(narrow).rejects.toThrow(/no two atoms of the data are that close/);
  });
});

describe("growth", () => {
  const small = { model: { cutoff }, fit: { ...request.fit }, compose: { pool: ["G2", "E[G2L1]"], restarts: 1, limits: { functions: 4, exponents: 2, terms: 2, parameters: 16 }, budget: { candidates: 14 } }, seed: 4 };
  const comparable = ({ result: { candidates, incumbents, ends }, model }: GrownPotential): unknown => ({
    candidates: candidates.map(({ seconds: _, elapsed: __, cost: ___, isEfficient: ____, ...others }) => others), incumbents, ends, values: [...model.values],
  });
  let whole: GrownPotential;
  const entries: Entry[] = [];
  beforeAll(async () => {
    const journal = memoryJournal();
    whole = await growPotential(small, { train, validation, test: validation }, executor, { journal: { entries: [], append: (entry) => (entries.push(journal.append(entry)), entry) } });
  });

  it("takes smaller losses only, and describes what it found", () => {
    const { result: { candidates, incumbents, best }, description } = whole;
    const scores = incumbents.map((id) => candidates[id].u!);
    expect(incumbents.length).toBeGreaterThan(1);
    scores.slice(1).forEach((u, k) => candidates[incumbents[k + 1]].phase === "growth" && expect(u).toBeLessThan(scores[k]));
    expect(description.errors.test).toEqual(best.errors.validation);
    expect(description.parameters.map(({ name }) => name)).toEqual(whole.model.layout.parameters.map(({ name }) => name));
    for (const { error } of description.parameters) expect(error === null || error >= 0).toBe(true);
  });

  it("goes on from a journal to the same bits", async () => {
    const cut = entries.filter(({ kind }) => kind === "candidate").length - 3;
    let left = cut;
    const earlier = entries.filter(({ kind }) => kind !== "candidate" || left-- > 0);
    const kept = earlier.slice(0, earlier.findLastIndex(({ kind }) => kind === "candidate") + 1);
    const resumed = await growPotential(small, { train, validation }, executor, { journal: memoryJournal(kept) });
    expect(comparable(resumed)).toEqual(comparable(whole));
  });

  it("leaves a fit that makes the potential again", async () => {
    const { model, summary } = await fitComposed(whole.fit, train, executor);
    expect(model.notation()).toBe(whole.model.notation());
    expect(summary.loss).toBeLessThanOrEqual(whole.result.best.loss.train * (1 + 1e-9));
    expectClose([summary.loss], [whole.result.best.loss.train], 0.02 * whole.result.best.loss.train);
  });

  it("stops when it is told to", async () => {
    const controller = new AbortController();
    const stopped = growPotential(small, { train, validation }, executor, { signal: controller.signal, onEvent: ({ kind }) => kind === "candidate" && controller.abort() });
    await expect(stopped).rejects.toThrow(CancelledError);
  });
});
