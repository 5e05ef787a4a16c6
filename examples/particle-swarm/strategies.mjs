// Claim 2 of the paper: how many models each strategy trains until it reaches a loss.
import { lossAfter, modelsUntil, trainedImprovements } from "./session.mjs";
import { median, milli, table } from "./tables.mjs";

const TOLERANCE = 1.05;

/**
 * How many models it takes to come within 5 % of what strategy 1, and strategy 2, reach in the end (medians over the seeds).
 * @param groups { label, first, second, published }: digests of strategy 1 and, where it was tried, of strategy 2, one for each seed,
 * and the loss of strategy 1 in the paper
 */
export function strategyTable(groups) {
  const rows = groups.flatMap(({ label, first, second, published }) => {
    const targets = [first, second].map((searches) => (searches ? TOLERANCE * median(searches.map(bestLoss)) : undefined));
    targets.push(published);
    return [first, second].flatMap((searches, i) => (searches ? [row(`${label}, strategy ${i + 1}`, searches, targets)] : []));
  });
  const head = ["", "models trained", "best loss: median (range)", "models until 1.05 × best of strategy 1", "until 1.05 × best of strategy 2", "until the loss of the paper", "loss after 10 models", "20", "50", "100"];
  return table(head, rows);
}

export const bestLoss = (search) => trainedImprovements(search).at(-1)?.[1] ?? Infinity;

function row(label, searches, targets) {
  const losses = searches.map(bestLoss);
  const until = (target) => {
    if (target === undefined) return "–";
    const counts = searches.map((search) => modelsUntil(trainedImprovements(search), target) ?? "never");
    return `${counts.join(", ")} (≤ ${milli(target, 2)})`;
  };
  const after = (models) => {
    const reached = searches.map((search) => (models <= modelsOf(search) ? lossAfter(trainedImprovements(search), models) : undefined));
    return milli(reached.includes(undefined) ? undefined : median(reached), 2);
  };
  const range = searches.length > 1 ? ` (${milli(Math.min(...losses), 2)}–${milli(Math.max(...losses), 2)})` : "";
  return [label, searches.map(modelsOf).join(", "), `${milli(median(losses), 2)}${range}`, ...targets.map(until), ...[10, 20, 50, 100].map(after)];
}

function modelsOf({ stages }) {
  const { evaluations, failed } = stages.find(({ objective }) => objective === "validation-loss");
  return evaluations - failed;
}
