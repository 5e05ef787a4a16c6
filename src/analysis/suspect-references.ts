import { cellVolume } from "../structures/cell.js";
import { disagreementOf, explain, forceScales, type Hypothesis, type ScaledPair, virialHypotheses } from "../structures/checks/hypotheses.js";
import { describeFrames } from "../structures/checks/named-frames.js";
import { VOIGT } from "../structures/tensor.js";
import type { StructureComparison } from "./metrics.js";
import { unexplainedWarnings } from "./unexplained.js";

/** Fewer structures say nothing. */
const FEWEST = 5;
/** Models have errors: of forces some tenths of what they are. */
const LIMITS = { disagreement: 0.6, agreement: 0.35 };
/** Share of the squares of off-diagonal elements that another order must leave at most, and of what their order leaves. */
const EXPLAINED = 0.4;
const BETTER = 0.25;

/** Of single structures that are unlike the others: their forces are at least so large, in terms of the median over all, as the model predicts them … */
const LEAST_SIZE = 0.5;
/** … there are so many of them, and so many of the others agree as they are. */
const MOST_EXCEPTIONS = 0.4;

/** Structures whose volumes are known. */
export interface ComparedCell {
  /** Å, 3 × 3; null: no cell */
  readonly cell: Float64Array | null;
  /** Names it in messages. */
  readonly label?: string;
}

/**
 * Sentences about reference forces and virials that a model contradicts in a way that has a name: another sign, unit, or order of
 * components. The model must describe the data otherwise; one that knows nothing of them explains nothing and says nothing.
 * @param structures in the order of the comparisons
 * Where nothing of that kind explains it, errors that are as large as what they are of are told.
 * @param name of the data: "training"
 * @param options whether the model was fitted to forces, so that it should know them; default: unknown
 */
export function suspectReferenceWarnings(
  comparisons: readonly StructureComparison[],
  structures: Iterable<ComparedCell>,
  name: string,
  options: { readonly knowsForces?: boolean } = {},
): string[] {
  const cells = Array.from(structures);
  const volumes = cells.map(({ cell }) => (cell ? cellVolume(cell) : 0));
  const labels = cells.map(({ label }, i) => label ?? `structure ${i + 1}`);
  const explained = [...forceSentences(comparisons, labels, name), ...virialSentences(comparisons, volumes, name)];
  return explained.length > 0 ? explained : unexplainedWarnings(comparisons, name, options);
}

function forceSentences(comparisons: readonly StructureComparison[], labels: readonly string[], name: string): string[] {
  const factors = forceScales.map(({ factor }) => factor);
  const pairs = comparisons.map(({ forces }) => pairsOf(forces, () => factors));
  const whole = sentence(pairs.flat(), forceScales, name, "forces");
  return whole.length > 0 ? whole : exceptions(pairs, labels, name);
}

/** Forces of some structures, where those of most agree with the model. */
function exceptions(pairs: readonly ScaledPair[][], labels: readonly string[], name: string): string[] {
  const sizes = pairs.map((own) => Math.sqrt(own.reduce((sum, { expected }) => sum + expected * expected, 0) / own.length));
  const median = sizes.filter((size) => !Number.isNaN(size)).sort((a, b) => a - b)[sizes.length >> 1];
  const judged = pairs.flatMap((own, i) => (own.length > 3 && sizes[i] >= LEAST_SIZE * median ? [{ own, i }] : []));
  const found = new Map<number, string[]>();
  for (const { own, i } of judged) {
    const best = explain(own, LIMITS);
    if (best !== undefined) found.set(best, [...(found.get(best) ?? []), labels[i]]);
  }
  const good = judged.filter(({ own }) => disagreementOf(own) < LIMITS.disagreement).length;
  return [...found].filter(([, own]) => own.length >= FEWEST && own.length < MOST_EXCEPTIONS * judged.length && good > (1 - MOST_EXCEPTIONS) * judged.length).map(
    ([best, own]) => `it looks as if in ${own.length} of ${pairs.length} ${name} structures ${forceScales[best].what} (${describeFrames(own)}): they agree with those of the model then, as those of the others do as they are`,
  );
}

function virialSentences(comparisons: readonly StructureComparison[], volumes: readonly number[], name: string): string[] {
  const judged = comparisons.flatMap(({ virial }, i) => (virial && volumes[i] > 0 && Number.isFinite(virial.reference[0]) ? [{ virial, volume: volumes[i] }] : []));
  if (judged.length < FEWEST) return [];
  const diagonal = judged.flatMap(({ virial, volume }) => pairsOf(virial, () => virialHypotheses(volume).map(({ factor }) => factor)).filter((_, k) => k % 4 === 0));
  const [{ volume }] = judged;
  const scaled = sentence(diagonal, virialHypotheses(volume), name, "virials");
  return scaled.length > 0 ? scaled : orderSentence(judged.map(({ virial }) => virial), name);
}

function pairsOf(compared: StructureComparison["forces"], factors: () => readonly number[]): ScaledPair[] {
  if (!compared || !Number.isFinite(compared.reference[0])) return [];
  const own = factors();
  return Array.from(compared.reference, (found, k) => ({ found, expected: compared.predicted[k], factors: own }));
}

function sentence(pairs: readonly ScaledPair[], hypotheses: readonly Hypothesis[], name: string, what: string): string[] {
  if (pairs.length < 3 * FEWEST) return [];
  const best = explain(pairs, LIMITS);
  return best === undefined ? [] : [`it looks as if ${hypotheses[best].what}: ${what} of the ${name} data agree with those of the model then, and not as they are`];
}

const names = ["yz", "xz", "xy"] as const;
const orders = [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] as const;

/** Off-diagonal elements that agree in another order. */
function orderSentence(virials: readonly NonNullable<StructureComparison["virial"]>[], name: string): string[] {
  const offDiagonal = VOIGT.slice(3);
  const elements = (values: Float64Array): number[] => offDiagonal.map(([a, b]) => 0.5 * (values[a] + values[b]));
  const pairs = virials.map(({ reference, predicted }) => [elements(reference), elements(predicted)] as const);
  const total = pairs.reduce((sum, [found]) => sum + found.reduce((own, value) => own + value * value, 0), 0);
  const rest = (order: readonly number[]): number =>
    pairs.reduce((sum, [found, expected]) => sum + found.reduce((own, value, k) => own + (value - expected[order[k]]) ** 2, 0), 0);
  const asIs = rest([0, 1, 2]);
  const best = orders.reduce((least, order) => (rest(order) < rest(least) ? order : least));
  if (!(total > 0 && rest(best) < EXPLAINED * total && rest(best) < BETTER * asIs)) return [];
  const order = best.map((k) => names[k]).join(" ");
  return [`it looks as if the last three components of the virials of the ${name} data are ${order} where yz xz xy is expected: they agree with those of the model then, and not as they are`];
}
