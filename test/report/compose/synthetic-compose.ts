import { USUAL_RULES } from "../../../src/compose/acceptance.js";
import { composePotential } from "../../../src/compose/compose-potential.js";
import type { DescribedParameter } from "../../../src/compose/description.js";
import { layoutParameters } from "../../../src/models/composed/parameters.js";
import { type ComposedForm, leavesOf } from "../../../src/models/composed/tree.js";
import type { ComposeReportData } from "../../../src/report/compose/compose-report-data.js";
import { memoryJournal } from "../../../src/tune/journal/journal.js";
import { FakeEvaluator, type FakeOutcome } from "../../compose/fake-evaluator.js";

/** Scores that fall with functions and exponents, exponentials and both kinds of them; large forms are ill-conditioned. */
function scoreOfForm({ bases, root }: ComposedForm): FakeOutcome {
  const leaves = leavesOf(root);
  const has = (op: string): number => (leaves.some((leaf) => leaf.op === op) ? 1 : 0);
  const functions = bases.reduce((sum, { size, radial }) => sum + (radial === "gaussian" ? size : 0.4 * size), 0);
  const exponents = leaves.reduce((sum, leaf) => sum + (leaf.op === "linear" ? 0 : leaf.nExponents), 0);
  if (functions > 15) return "the descent met values that are not finite";
  const u = 3.2 - 0.25 * has("exp") - 0.2 * has("neighborExp") - 0.35 * (1 - 1.2 / functions) - 0.08 * (1 - Math.exp(-exponents / 2)) - (root.op === "product" ? 0.03 : 0);
  return { u, energy: 0.02 * Math.exp(u - 2.8) * (leaves.length > 2 ? 1.6 : 1), kappa: 4 + 1.3 * functions };
}

/** A search with made-up scores, and a look at its result. */
export async function syntheticCompose(): Promise<ComposeReportData> {
  const options = {
    cutoff: { radius: 5, function: "poly4" as const }, pool: ["G4", "G6", "C8", "E[G4L2]", "N[E[G4L2]]"], species: "weights" as const,
    limits: { functions: 24, exponents: 8, leaves: 4, size: 100 }, rules: USUAL_RULES, budget: {}, restarts: 2, prune: true, seed: 1,
  };
  const result = await composePotential(new FakeEvaluator(scoreOfForm), options, { journal: memoryJournal() });
  const parameters = layoutParameters(result.form, 1).parameters.map(({ name, kind }, p): DescribedParameter => ({
    name, kind, value: result.best.parameters[p], error: p === 3 ? null : 10 ** (p % 5) * 1e-3, sloppiness: p === 3 ? null : (p % 7) / 7,
  }));
  return { title: `Nb: ${result.best.notation}`, description: "Nb_train.xyz · 72 + 18 structures", result, summary: { parameters, errors: result.best.errors }, fitFile: "model:\n  type: composed\n", nextCommand: "pestle fit nb.yaml -o nb.pestle" };
}
