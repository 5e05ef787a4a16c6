// One benchmark of a descriptor: environments of a whole data set, verified, then timed. Neighbor lists are made before and timed apart.
import { attachDescriptor, createDescriptor, descriptorCost, sliceBatch, stateBytes } from "../../dist/descriptors/index.js";
import { buildNeighborList, environmentBatch } from "../../dist/neighbors/index.js";
import { Arena } from "../../dist/wasm/memory.js";

const LIST_BYTES = 128e6;
/** Centers that are verified, spread over the structures. */
const CHECKED = 3;

/** Descriptor, evaluator and the environments of every structure, in the memory of the executor. */
export function prepareDescriptor({ wasm, pool }, dataset, parameters) {
  const descriptor = createDescriptor(parameters);
  const species = dataset.species();
  const { tables } = descriptor.prepare(wasm, pool, species);
  const evaluator = attachDescriptor(wasm, tables);
  const lists = new Arena(pool.allocate(LIST_BYTES, "neighbor lists"));
  const structures = Array.from({ length: dataset.nStructures }, (_, i) => dataset.structure(i));
  const inputs = structures.map(({ positions, cell, pbc, atomicNumbers }) => {
    return { positions, nAtoms: atomicNumbers.length, cell, pbc, cutoff: tables.cutoff };
  });
  buildNeighborList(wasm, lists, inputs[0]);
  lists.reset();
  const start = performance.now();
  const found = inputs.map((input) => buildNeighborList(wasm, lists, input));
  const neighborSeconds = (performance.now() - start) / 1e3;
  const speciesOf = structures.map(({ atomicNumbers }) => Int32Array.from(atomicNumbers, (z) => species.indexOf(z)));
  const batches = found.map((list, i) => {
    const batch = environmentBatch(wasm, lists, list, speciesOf[i]);
    return { ...batch, rows: evaluator.rows(batch, lists) };
  });
  const largest = (field) => Math.max(...batches.map((batch) => batch[field]));
  const nCenters = batches.reduce((sum, batch) => sum + batch.nCenters, 0);
  const nPairs = batches.reduce((sum, batch) => sum + batch.nPairs, 0);
  return {
    descriptor, evaluator, tables, species, batches, nCenters, nPairs, neighborSeconds, lists, inputs, speciesOf,
    maxCenters: largest("nCenters"), maxPairs: largest("nPairs"),
  };
}

/** One center of a batch as a batch. */
function single(wasm, { tables }, batch, center) {
  return sliceBatch(wasm, tables, { batch, values: 0, state: 0 }, center, center + 1).batch;
}

function environmentOf(wasm, batch, center) {
  const [first, end] = wasm.i32(batch.offsets, batch.nCenters + 1).subarray(center, center + 2);
  const [x, y, z] = [batch.dx, batch.dy, batch.dz].map((pointer) => wasm.f64(pointer, batch.nPairs));
  const species = wasm.i32(batch.neighborSpecies, batch.nPairs);
  const neighbors = Array.from({ length: end - first }, (_, k) => {
    return { species: species[first + k], displacement: [x[first + k], y[first + k], z[first + k]] };
  });
  return { first, end, neighbors, centerSpecies: wasm.i32(batch.centerSpecies, batch.nCenters)[center] };
}

/** Features against those of `direct`(descriptor, nSpecies, species of the center, neighbors); Jacobian and backward against differences of the features along a random direction. */
export function verifyDescriptor({ verify, verifyClose }, { wasm, pool }, prepared, { direct, tolerance = 1e-8 }) {
  const { evaluator, descriptor, species, batches, maxPairs } = prepared;
  const { nFeatures } = evaluator.tables;
  const stateOf = (batch) => stateBytes(evaluator.tables.stateSize, batch);
  const rows = 3 * 300;
  const region = pool.allocate((rows + 10) * nFeatures * 8 + stateOf({ nCenters: 1, nPairs: maxPairs }) + 8 * maxPairs + 4e6, "verification");
  for (let k = 0; k < CHECKED; k++) {
    const arena = new Arena(region);
    const batch = batches[Math.floor((k * (batches.length - 1)) / (CHECKED - 1))];
    const center = k % batch.nCenters;
    const one = single(wasm, evaluator, batch, center);
    const { first, end, neighbors, centerSpecies } = environmentOf(wasm, batch, center);
    verify(3 * neighbors.length <= rows, "room for the derivatives");
    const [x, g, j, b] = [arena.f64(nFeatures), arena.f64(nFeatures), arena.f64(rows * nFeatures), arena.f64(rows)];
    const state = arena.allocate(stateOf({ nCenters: 1, nPairs: maxPairs }));
    const values = () => {
      evaluator.values(one, x, state, arena);
      return wasm.f64(x, nFeatures).slice();
    };
    verifyClose(values(), direct(descriptor, species.length, centerSpecies, neighbors), tolerance, `features of center ${center}`);
    const gradient = wasm.f64(g, nFeatures).fill(0).map((_, f) => Math.sin(f + 1));
    wasm.f64(g, nFeatures).set(gradient);
    evaluator.jacobian(one, x, state, j, arena);
    evaluator.backward(one, x, state, g, b, arena);
    const jacobian = wasm.f64(j, 3 * neighbors.length * nFeatures);
    const direction = Float64Array.from({ length: 3 * neighbors.length }, (_, i) => Math.cos(7 * i));
    const move = (h) => {
      for (let pair = first; pair < end; pair++) {
        const moved = [0, 1, 2].map((a) => neighbors[pair - first].displacement[a] + h * direction[3 * (pair - first) + a]);
        [batch.dx, batch.dy, batch.dz].forEach((pointer, a) => (wasm.f64(pointer, batch.nPairs)[pair] = moved[a]));
        wasm.f64(batch.distances, batch.nPairs)[pair] = Math.hypot(...moved);
      }
      return values();
    };
    const h = 1e-5;
    const [a, c] = [move(-h), move(h)];
    move(0);
    const numeric = a.map((value, f) => (c[f] - value) / (2 * h));
    const analytic = new Float64Array(nFeatures);
    direction.forEach((d, row) => {
      for (let f = 0; f < nFeatures; f++) analytic[f] += d * jacobian[row * nFeatures + f];
    });
    verifyClose(analytic, numeric, 1e-6, `Jacobian of center ${center}`);
    const backward = wasm.f64(b, direction.length);
    const contracted = Float64Array.from(backward, (_, row) => {
      let sum = 0;
      for (let f = 0; f < nFeatures; f++) sum += gradient[f] * jacobian[row * nFeatures + f];
      return sum;
    });
    verifyClose(backward, contracted, 1e-10, `backward of center ${center}`);
  }
  pool.release(region);
}

/** What is timed: one pass over all environments. */
function workOf({ wasm, pool }, prepared, mode) {
  const { evaluator, batches, maxCenters, maxPairs, lists, inputs, speciesOf } = prepared;
  const { nFeatures } = evaluator.tables;
  const stateOf = (batch) => stateBytes(evaluator.tables.stateSize, batch);
  const jacobianRows = mode === "jacobian" ? 3 * Math.max(...batches.map((batch) => mostNeighbors(wasm, batch))) : 0;
  const bytes = (2 * maxCenters + jacobianRows) * nFeatures * 8 + maxPairs * 24 + stateOf({ nCenters: maxCenters, nPairs: maxPairs }) + 4e6;
  const arena = new Arena(pool.allocate(bytes, "results"));
  const [x, g] = [arena.f64(maxCenters * nFeatures), arena.f64(maxCenters * nFeatures)];
  const [forces, rows] = [arena.f64(maxPairs * 3), arena.f64(jacobianRows * nFeatures)];
  const state = arena.allocate(stateOf({ nCenters: maxCenters, nPairs: maxPairs }));
  wasm.f64(g, maxCenters * nFeatures).fill(0.1);
  const values = () => {
    for (const batch of batches) evaluator.values(batch, x, state, arena);
  };
  if (mode === "values") return { work: values };
  if (mode === "neighbors") {
    const work = () => {
      for (const [i, input] of inputs.entries()) {
        const mark = lists.mark();
        const batch = environmentBatch(wasm, lists, buildNeighborList(wasm, lists, input), speciesOf[i]);
        evaluator.values({ ...batch, rows: evaluator.rows(batch, lists) }, x, state, arena);
        lists.reset(mark);
      }
    };
    return { work };
  }
  if (mode === "backward") {
    const work = () => {
      for (const batch of batches) {
        evaluator.values(batch, x, state, arena);
        evaluator.backward(batch, x, state, g, forces, arena);
      }
    };
    return { work, values };
  }
  const singles = batches.flatMap((batch) => Array.from({ length: batch.nCenters }, (_, center) => single(wasm, evaluator, batch, center)));
  const work = () => {
    for (const one of singles) {
      evaluator.values(one, x, state, arena);
      evaluator.jacobian(one, x, state, rows, arena);
    }
  };
  return { work };
}

function mostNeighbors(wasm, batch) {
  const offsets = wasm.i32(batch.offsets, batch.nCenters + 1);
  let most = 0;
  for (let center = 0; center < batch.nCenters; center++) most = Math.max(most, offsets[center + 1] - offsets[center]);
  return most;
}

/** Arithmetic of every mode, as the descriptor counts it; undefined where it does not. */
function flopsOf({ descriptor: { name, parameters }, species, nCenters, nPairs }) {
  return descriptorCost(name)?.arithmetic?.(parameters, { nSpecies: species.length, nCenters, nPairs });
}

/**
 * @param mode "values", "jacobian" (values and Jacobian, center by center), "backward" (values and backward) or "neighbors" (neighbor list and values)
 * @param methods `direct`, see `verifyDescriptor`
 */
export async function runDescriptor(context, dataset, parameters, mode, methods) {
  const { executor, measureBoth, smoke } = context;
  const prepared = prepareDescriptor(executor, dataset, parameters);
  verifyDescriptor(context, executor, prepared, methods);
  const { work, values } = workOf(executor, prepared, mode);
  const times = await measureBoth(work);
  const result = {
    count: prepared.nCenters,
    ...times,
    flops: flopsOf(prepared)?.[mode],
    neighborsPerCenter: prepared.nPairs / prepared.nCenters,
    nFeatures: prepared.evaluator.tables.nFeatures,
    neighborListSecondsPerUnit: prepared.neighborSeconds / prepared.nCenters,
    verified: true,
  };
  if (values && !smoke) {
    const { cpuSeconds } = await measureBoth(values);
    result.backwardOverValues = (times.cpuSeconds - cpuSeconds) / cpuSeconds;
  }
  return result;
}
