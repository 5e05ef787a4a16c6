// Trains one potential, and tells what it reaches.
import { assessPotential, evaluateDataset, fitComposed } from "../../dist/index.js";
import { processorSeconds } from "../recipes/run-tools.mjs";
import { requestOf } from "./models.mjs";

export async function trainAndTest(name, recipe, { train, test }, executor, { signal, ...options } = {}) {
  const seconds = processorSeconds();
  const { model, summary } = await fitComposed(requestOf(name, recipe, options), train, executor, { signal });
  const spent = seconds();
  const [linear, nonLinear] = summary.sizes.map(({ count }) => count);
  const record = {
    name, linear, nonLinear, loss: summary.loss, solutions: sum(summary.steps.map(({ count }) => count)), seconds: spent, values: textsOf(model),
    train: await errorsOf(model, train, executor), test: await errorsOf(model, test, executor), groups: await groupErrors(model, test, executor), angleOfLargeForces: await angleOfLargeForces(model, train, executor),
  };
  return { model, record };
}

export function valuesOf(model) {
  return Object.fromEntries(model.layout.parameters.map(({ name }, p) => [name, model.values[p]]));
}

/** With all their digits: forces are small differences of large terms. */
function textsOf(model) {
  return Object.fromEntries(Object.entries(valuesOf(model)).map(([name, value]) => [name, String(value)]));
}

/** The four errors of the paper: angle (rad), amplitude and forces (eV/Å), energy (eV/atom). */
export async function errorsOf(model, dataset, executor) {
  const { errors: { total } } = await assessPotential(model, dataset, executor);
  return { angle: total.forceVectors.angle?.rmse, amplitude: total.forceVectors.amplitude?.rmse, forces: total.forces.rmse, energy: total.energy.rmse };
}

/** rad, over forces of more than 0.5 eV/Å. */
async function angleOfLargeForces(model, dataset, executor) {
  const { errors: { total } } = await assessPotential(model, dataset, executor, { forceThreshold: 0.5 });
  return total.forceVectors.angle?.rmse;
}

/** By configuration type. */
async function groupErrors(model, test, executor) {
  const { errors: { groups } } = await assessPotential(model, test, executor);
  return Object.fromEntries(groups.map(({ group, forces, energy }) => [group, { forces: forces.rmse, energy: energy.rmse }]));
}

/** Components of all forces, eV/Å. */
export async function forcesOf(model, dataset, executor) {
  const all = [];
  for await (const { prediction } of evaluateDataset(model, dataset, executor)) all.push(prediction.forces);
  return all;
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}
