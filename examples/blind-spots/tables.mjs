// Tables of the results.
import { significant, table } from "../recipes/tables.mjs";
import { experiments } from "./experiments.mjs";
import { fingerprints } from "./fingerprints.mjs";

/** Root mean square errors of the validation frames within this share of the smallest say nothing about which is better. */
const ALIKE = 1.03;

/** A point of a scan as it is kept: multiple of the median, λ, then root mean square error and correlation of each set. */
export function pointsOf({ points }) {
  return points
    .map(([ofMedian, lambda, validation, , first, firstCorrelation, second, secondCorrelation, rest, restCorrelation]) => ({
      ofMedian, lambda, validation, first, firstCorrelation, second, secondCorrelation, rest, restCorrelation,
    }))
    .filter(({ validation }) => validation !== null);
}

/** What a user would choose, what is as good by ordinary frames, and what those who know the manifold would choose. */
export function choicesOf(result) {
  const points = pointsOf(result);
  const smallest = (key) => points.reduce((best, point) => (point[key] < best[key] ? point : best));
  const chosen = smallest("validation");
  return { chosen, alike: points.filter(({ validation }) => validation <= ALIKE * chosen.validation), oracle: smallest("first"), secondOracle: smallest("second"), restOracle: smallest("rest") };
}

export function tablesOf({ sets, paths, seen, learning }) {
  return [pathTable(paths), seenTable(seen), setTable(sets), learningTable(learning), ...choiceTable(learning), costTable(learning), ...landmarkTable(learning)].join("\n\n").concat("\n");
}

/** Beside what an independent program gave. */
function pathTable(paths) {
  const rows = Object.entries(paths).map(([key, path]) => {
    const { expected } = path;
    const beside = (field, digits) => `${significant(path[field], digits)} (${significant(expected[field], digits)})`;
    const range = (ends) => ends.map((end) => end.toFixed(4)).join("–");
    return [
      titleOf(key), beside("variation", 3), beside("displacement", 3), beside("blindness", 1), path.overlapDistance === undefined ? "–" : beside("overlapDistance", 2), `${range(path.energyRange)} (${range(expected.energyRange)})`,
    ];
  });
  return table(["softest path of", "largest variation", "largest displacement (Å)", "β", "overlap-matrix distance", "E₄"], rows);
}

function seenTable(seen) {
  const rows = fingerprints.filter(({ key }) => seen[key]).map(({ key, title, bodies }) => [title, bodies ?? "all", seen[key].features, significant(seen[key].variation, 2), significant(seen[key].blindness, 2)]);
  return table(["on the path of SOAP n = l = 8", "bodies", "columns", "largest variation", "β"], rows);
}

function setTable({ frames, leftOut, shortest, longest, lowest, numbers }) {
  const titles = { distance: "C–H distance, mean (Å)", distanceDeviation: "its standard deviation (Å)", energy: "E₄, mean", energyDeviation: "its standard deviation", temperature: "kinetic temperature (K)" };
  const rows = Object.entries(numbers).map(([key, { value, standardError, expected }]) => [titles[key], significant(value, 4), significant(standardError, 2), String(expected)]);
  return [
    table(["ordinary frames", "here", "standard error", "expected"], rows),
    `${frames - leftOut} frames of ${frames} (E₄ > 1.9 left out), distances ${shortest.toFixed(2)}–${longest.toFixed(2)} Å, smallest E₄ ${lowest.toFixed(3)}.`,
  ].join("\n\n");
}

function titleOf(key) {
  return fingerprints.find((fingerprint) => fingerprint.key === key).title;
}

const error = (value) => (value === null || value === undefined ? "–" : significant(value, 2));

function learningTable(learning) {
  const rows = rowsOf(learning).map(({ names, result }) => {
    const { chosen, alike, oracle, secondOracle } = choicesOf(result);
    const spread = alike.map(({ first }) => first);
    return [
      ...names, error(chosen.validation), `${error(chosen.first)} (${chosen.firstCorrelation?.toFixed(2)})`, `${error(Math.min(...spread))}–${error(Math.max(...spread))}`,
      error(oracle.first), error(chosen.second), error(secondOracle.second),
    ];
  });
  return table(["fingerprint", "added", "MD", "M1 (r)", "M1, choices alike by MD", "M1, best choice", "M2", "M2, best choice"], rows);
}

/** Of fingerprints that half a path was learned with. */
function choiceTable(learning) {
  const rows = rowsOf(learning.filter(({ experiment }) => ["none", "first-160", "half-160"].includes(experiment)))
    .filter(({ result }) => learning.some(({ fingerprint, experiment }) => fingerprint === result.fingerprint && experiment === "half-160"))
    .map(({ names, result }) => {
      const { chosen, oracle, restOracle } = choicesOf(result);
      return [...names, `${chosen.ofMedian.toPrecision(2)}, ${chosen.lambda}`, error(chosen.rest), `${oracle.ofMedian.toPrecision(2)}, ${oracle.lambda}`, error(restOracle.rest)];
    });
  return rows.length > 0 ? [table(["fingerprint", "added", "ℓ / median, λ by MD", "second half of M1", "ℓ / median, λ best on M1", "second half of M1, best choice"], rows)] : [];
}

function costTable(learning) {
  const rows = rowsOf(learning).map(({ names, result }) => [...names, result.features, result.size, result.points.length, significant(result.seconds, 2), significant(result.peakWasmBytes / 1e6, 2)]);
  return table(["fingerprint", "added", "columns", "frames", "points", "processor time (s)", "numerical memory (MB)"], rows);
}

/** None where all frames are scanned. */
function landmarkTable(learning) {
  const rows = rowsOf(learning.filter(({ landmarks }) => landmarks)).map(({ names, result: { landmarks: { count, frames, errors, fitSeconds, peakWasmBytes } } }) => [
    ...names, frames, count, ...["validation", "first", "second"].map((name) => error(errors[name])), significant(fitSeconds, 2), significant(peakWasmBytes / 1e6, 2),
  ]);
  return rows.length > 0 ? [table(["fingerprint", "added", "frames", "landmarks", "MD", "M1", "M2", "processor time of the fit (s)", "numerical memory (MB)"], rows)] : [];
}

/** In the order of the recipe, each fingerprint named once. */
function rowsOf(learning) {
  return fingerprints.flatMap(({ key, title }) => {
    const own = experiments.flatMap((experiment) => learning.filter((result) => result.fingerprint === key && result.experiment === experiment.key).map((result) => ({ experiment, result })));
    return own.map(({ experiment, result }, i) => ({ names: [i === 0 ? title : "", experiment.title], result }));
  });
}
