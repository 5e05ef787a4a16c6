// How far a potential depends on what it should not depend on: which half of the data it learned, and digits of its coefficients.
import { fitComposed } from "../../dist/index.js";
import { halvesOf, scaled } from "./data.mjs";
import { requestOf } from "./models.mjs";
import { forcesOf, valuesOf } from "./train.mjs";

/** Lengths of the structures on which halves are compared where nothing was learned, as shares of those of the test. */
const STRAINS = [0.9, 1.1];

/** Of the 53 that a double has: fewer would change all of some forces, more would be rounding of the forces themselves. */
const KEPT_BITS = 46;

export async function instabilityOf(model, name, recipe, { train, test }, executor, signal) {
  const start = valuesOf(model);
  const halves = [];
  for (const half of halvesOf(train)) halves.push((await fitComposed(requestOf(name, recipe, { start, ...recipe.halves }), half, executor, { signal })).model);
  const strained = {};
  for (const strain of STRAINS) strained[strain] = await disagreement(halves, scaled(test, strain), executor);
  return { test: await disagreement(halves, test, executor), strained, coefficients: coefficientScatter(halves), lostDigits: await lostDigits(model, test, executor) };
}

/** Root mean square difference of the forces of two potentials, and of these forces, eV/Å. */
async function disagreement([first, second], dataset, executor) {
  const [a, b] = [await forcesOf(first, dataset, executor), await forcesOf(second, dataset, executor)];
  const difference = a.map((forces, i) => forces.map((value, k) => value - b[i][k]));
  return { difference: rms(difference), forces: rms([...a, ...b]) };
}

/** Median of |a − b| / (|a| + |b|) over the linear parameters of two potentials: 1 where signs differ. */
function coefficientScatter([first, second]) {
  const linear = linearPlaces(first);
  const shares = linear.map((p) => Math.abs(first.values[p] - second.values[p]) / (Math.abs(first.values[p]) + Math.abs(second.values[p]))).filter(Number.isFinite);
  return shares.sort((a, b) => a - b)[Math.floor(shares.length / 2)];
}

/** Decimal digits that forces lose to cancellation: how much larger their relative change is than that of the linear parameters, where these keep fewer bits. */
async function lostDigits(model, dataset, executor) {
  const values = Float64Array.from(model.values);
  for (const p of linearPlaces(model)) values[p] = rounded(values[p], KEPT_BITS);
  const { difference, forces } = await disagreement([model, model.with({ values })], dataset, executor);
  return Math.log10(difference / forces) + (KEPT_BITS + 1) * Math.log10(2);
}

function rounded(value, bits) {
  if (value === 0) return 0;
  const unit = 2 ** (Math.floor(Math.log2(Math.abs(value))) - bits + 1);
  return Math.round(value / unit) * unit;
}

function linearPlaces({ parametric: { parameters } }) {
  return parameters.flatMap(({ isLinear }, p) => (isLinear ? [p] : []));
}

function rms(arrays) {
  let [sum, count] = [0, 0];
  for (const values of arrays) {
    for (const value of values) sum += value * value;
    count += values.length;
  }
  return Math.sqrt(sum / count);
}
