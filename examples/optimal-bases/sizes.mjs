// Sizes of full and of pruned bases, and the power laws through them.
import { factorSets } from "../../dist/descriptors/ace/selection.js";
import { fitPowerLaw, pruneExactly } from "../../dist/index.js";
import { sizeGrid } from "./bases.mjs";

/** Rows up to the largest degree with no more functions than the grid allows, for every order and weight of l. */
export async function sizesOf(executor, { smoke, signal }) {
  const { lWeights, mostFunctions } = smoke ? { lWeights: [1.5], mostFunctions: { 2: 100, 3: 100 } } : sizeGrid;
  const rows = [];
  for (const [order, most] of Object.entries(mostFunctions).map(([key, count]) => [Number(key), count])) {
    for (const lWeight of lWeights) {
      for (let degree = 3; ; degree++) {
        signal.throwIfAborted();
        const row = await sizeOf(executor, order, lWeight, degree, most);
        if (!row) break;
        rows.push(row);
      }
      console.error(`order ${order}, weight of l ${lWeight}: ${rows.length} bases so far`);
    }
  }
  return { rows, laws: lawsOf(rows), slopes: slopesOf(rows) };
}

async function sizeOf(executor, order, lWeight, degree, most) {
  const sets = factorSets({ nSpecies: 1, degrees: Array.from({ length: order }, () => degree), lWeight });
  if (sets.length > most) return undefined;
  const started = performance.now();
  const { invariants, kept, variables, orbitDimension } = await pruneExactly(executor, sets);
  if (invariants.length > most) return undefined;
  const byOrder = (of) => Array.from({ length: order }, (_, t) => of.filter(({ factors }) => factors.length === t + 1).length);
  const remaining = invariants.filter((_, i) => kept[i]);
  const seconds = (performance.now() - started) / 1000;
  return { order, lWeight, degree, full: invariants.length, kept: remaining.length, fullByOrder: byOrder(invariants), keptByOrder: byOrder(remaining), variables, orbitDimension, seconds };
}

/** What a practical basis may be: the range of the fits. */
const SMALLEST = 10;

/** Exponents of kept ∝ full^α by order and weight, and over several together. */
function lawsOf(rows) {
  const law = (what, own) => {
    const points = own.filter(({ full }) => full >= SMALLEST).map(({ full, kept }) => [full, kept]);
    const found = fitPowerLaw(points);
    return found && points.length > 2 ? [{ ...what, exponent: -found.exponent, standardError: found.standardError, amplitude: found.amplitude, bases: points.length, from: Math.min(...points.map(([full]) => full)), to: Math.max(...points.map(([full]) => full)) }] : [];
  };
  const [orders, lWeights] = ["order", "lWeight"].map((key) => [...new Set(rows.map((row) => row[key]))]);
  const each = orders.flatMap((order) => lWeights.flatMap((lWeight) => law({ order, lWeight }, rows.filter((row) => row.order === order && row.lWeight === lWeight))));
  const usual = rows.filter(({ order, lWeight }) => order >= 3 && lWeight >= 1 && lWeight <= 2);
  const pooled = [[0, 300], [0, 1000], [0, 3000], [300, 3000], [1000, Infinity]].flatMap(([least, most]) => law({ least, most: Number.isFinite(most) ? most : null }, usual.filter(({ full }) => full >= least && full <= most)));
  const isRepeated = ({ from, to }, i) => pooled.findIndex((other) => other.from === from && other.to === to) < i;
  return { each, pooled: pooled.filter((law, i) => !isRepeated(law, i)) };
}

/** The exponent between one degree and two further, where the basis is as large as that. */
function slopesOf(rows) {
  return rows.flatMap((row) => {
    const next = rows.find(({ order, lWeight, degree }) => order === row.order && lWeight === row.lWeight && degree === row.degree + 2);
    if (!next || row.full < SMALLEST) return [];
    const { order, lWeight } = row;
    return [{ order, lWeight, full: Math.sqrt(row.full * next.full), slope: Math.log(next.kept / row.kept) / Math.log(next.full / row.full) }];
  });
}
