// What error bars cost beside energy and forces: local variances, exact variances of forces, a committee of eight; sparse Gaussian process and SNAP.
import { CommitteeModel, committeeOfModel, drawSparseGps, evaluateDataset, LinearModel, SparseGpModel } from "../../dist/models/index.js";
import { createDescriptor } from "../../dist/descriptors/index.js";
import { buildNeighborList } from "../../dist/neighbors/index.js";
import { withScratch } from "../../dist/wasm/scratch.js";
import { median } from "../harness/measure.mjs";
import { silicon } from "./silicon.mjs";

const MEMBERS = 8;
const wants = {
  forces: { forces: true },
  local: { forces: true, variance: true },
  committee: { forces: true, errorBars: true },
  exact: { forces: true, errorBars: true },
};

const cpuSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** A posterior as good as any for times: speed does not depend on what the numbers are. */
function withPosterior(model) {
  const n = model.nColumns;
  const factor = new Float64Array((n * (n + 1)) / 2);
  for (let i = 0, next = 0; i < n; i++) for (let j = i; j < n; j++, next++) factor[next] = i === j ? 2 + Math.sin(i) : Math.sin(3 * i + j) / n;
  return new SparseGpModel({ ...model, posterior: { factor } });
}

function snap() {
  const descriptor = createDescriptor({ type: "bispectrum", twoJMax: 8, rcutfac: 4.7 });
  const n = descriptor.featureCount([14]);
  const nDirections = n + 1;
  const coefficients = Float64Array.from({ length: n }, (_, i) => Math.sin(i + 1) / 100);
  const root = Float64Array.from({ length: (n + 1) * nDirections }, (_, i) => Math.sin(7 * i) / 100);
  const covariance = { nDirections, root, prior: new Float64Array(n + 1).fill(1) };
  return new LinearModel({ species: [14], isolatedAtomEnergies: [-0.79], intercepts: [0.1], terms: [{ descriptor, centers: null, quadratic: false, coefficients }], covariance });
}

const kinds = {
  gp: {
    draw: drawSparseGps,
    make: async ({ executor, smoke }, dataset) => withPosterior(await silicon(dataset, smoke ? 100 : 1000, executor)),
    /** Of the matrix products with sparse points, and of triangular solutions. */
    flops({ nAtoms, nPairs }, { terms: [{ coefficients, sparsePoints }] }, way) {
      const m = coefficients.length;
      const product = 2 * sparsePoints.length;
      const predicted = 2 * nAtoms * product;
      if (way === "local") return predicted + nAtoms * m ** 2;
      if (way === "committee") return (1 + MEMBERS) * nAtoms * product;
      return predicted + 3 * (nPairs + nAtoms) * product + 3 * nAtoms * m ** 2;
    },
  },
  snap: { draw: committeeOfModel, make: async () => snap(), flops: () => undefined },
};

async function predict(model, dataset, executor, want) {
  const all = [];
  for await (const { prediction } of evaluateDataset(model, dataset, executor, { want })) all.push(prediction);
  return all;
}

/** Members along every direction ± of the covariance have the exact variance, but for the factor of their number. */
function directions(model) {
  if (model instanceof LinearModel) {
    const { nDirections, root } = model.covariance;
    return Array.from({ length: nDirections }, (_, k) => Float64Array.from({ length: model.nColumns }, (__, i) => root[i * nDirections + k]));
  }
  const { posterior: { factor }, nColumns: n } = model;
  const at = (i, j) => factor[i * n - (i * (i - 1)) / 2 + j - i];
  return Array.from({ length: n }, (_, k) => {
    const x = new Float64Array(n);
    for (let i = k; i >= 0; i--) {
      let sum = i === k ? 1 : 0;
      for (let j = i + 1; j <= k; j++) sum -= at(i, j) * x[j];
      x[i] = sum / at(i, i);
    }
    return x;
  });
}

function moved(model, step, sign) {
  const [term] = model.terms;
  const coefficients = term.coefficients.map((value, i) => value + sign * step[i]);
  const intercepts = model.intercepts?.map((value, s) => value + sign * step[coefficients.length + s]);
  return new model.constructor({ ...model, terms: [{ ...term, coefficients }], ...(intercepts && { intercepts }), covariance: undefined, posterior: undefined });
}

async function verifyExact(kind, context, dataset) {
  const { executor, verifyClose } = context;
  const model = await kinds[kind].make({ ...context, smoke: true }, dataset);
  const members = directions(model).flatMap((step) => [moved(model, step, 1), moved(model, step, -1)]);
  const one = dataset.subset([0]);
  const [exact] = await predict(model, one, executor, wants.exact);
  const [spread] = await predict(new CommitteeModel({ members, origin: "posterior" }), one, executor, wants.committee);
  const factor = (members.length - 1) / 2;
  verifyClose([exact.energyVariance], [factor * spread.energyVariance], 1e-8, "variance of the energy");
  verifyClose(exact.forceVariances, spread.forceVariances.map((value) => factor * value), 1e-8, "variances of forces");
}

async function verifyCommittee(members, committee, dataset, { executor, verifyClose }) {
  const one = dataset.subset([0]);
  const [own] = await predict(committee, one, executor, wants.committee);
  const each = [];
  for (const member of members) each.push((await predict(member, one, executor, wants.forces))[0]);
  const mean = own.forces.map((_, i) => each.reduce((sum, { forces }) => sum + forces[i] / each.length, 0));
  verifyClose(own.forces, mean, 1e-11, "forces of the committee");
  const variance = mean.map((value, i) => each.reduce((sum, { forces }) => sum + (forces[i] - value) ** 2, 0) / (each.length - 1));
  verifyClose(own.forceVariances, variance, 1e-8, "spread of the committee");
}

function sizeOf(dataset, cutoff, { wasm, pool }) {
  let nPairs = 0;
  for (let s = 0; s < dataset.nStructures; s++) {
    const { atomicNumbers, positions, cell, pbc } = dataset.structure(s);
    nPairs += withScratch(pool, (arena) => buildNeighborList(wasm, arena, { positions, nAtoms: atomicNumbers.length, cell, pbc, cutoff }).nPairs);
  }
  return { nAtoms: dataset.nAtoms, nPairs };
}

async function run(context, kind, way) {
  const { executor, data, smoke } = context;
  const whole = await data.si();
  const large = Array.from({ length: whole.nStructures }, (_, s) => s).filter((s) => whole.structure(s).atomicNumbers.length >= (smoke ? 1 : 60));
  const dataset = whole.subset(large.slice(0, smoke ? 2 : 12));
  const model = await kinds[kind].make(context, dataset);
  const members = kinds[kind].draw(model, { count: MEMBERS });
  const committee = new CommitteeModel({ members, origin: "posterior" });
  if (way === "committee") await verifyCommittee(members, committee, dataset, context);
  else await verifyExact(kind, context, whole);
  const times = { plain: [], bars: [] };
  // in turns, so that what else the machine does meets both
  for (let round = smoke ? 0 : -1; round < (smoke ? 1 : 7); round++) {
    for (const [name, own, want] of [["plain", model, wants.forces], ["bars", way === "committee" ? committee : model, wants[way]]]) {
      const start = cpuSeconds();
      await predict(own, dataset, executor, want);
      if (round >= 0) times[name].push(cpuSeconds() - start);
    }
  }
  const seconds = median(times.bars);
  const flops = kinds[kind].flops(sizeOf(dataset, model.cutoff, executor), model, way);
  const timesPlain = median(times.bars.map((time, i) => time / times.plain[i]));
  return { count: dataset.nAtoms, seconds, cpuSeconds: seconds, ...(flops && { flops }), timesPlain, verified: true };
}

export const cases = [["gp", "local"], ["gp", "committee"], ["gp", "exact"], ["snap", "committee"], ["snap", "exact"]].map(([kind, way]) => ({
  name: `bars-${kind}-si-${way}`,
  unit: "atom",
  run: (context) => run(context, kind, way),
}));
