// What every case of the reproduction does: run a tune file, fit a candidate, look at its kernels.
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  assessPotential,
  fitSparseGp,
  JournalFile,
  kernelDistribution,
  loadData,
  readConfigFile,
  resolveConfig,
  searchParameters,
  shuffledOrder,
  tuneFileSchema,
} from "../../dist/index.js";

const here = fileURLToPath(new URL(".", import.meta.url));

export class Session {
  /** @param options executor, folder for journals and results, smoke, budget of every stage (evaluations or seconds), seeds */
  constructor({ executor, folder, smoke = false, budget, seeds, log = (line) => process.stderr.write(`${line}\n`) }) {
    Object.assign(this, { executor, folder, smoke, budget, seeds, log });
    mkdirSync(folder, { recursive: true });
  }

  /** Reads a tune file; `set` has assignments such as "seed=2". Paths start from its folder. */
  async read(file, set = []) {
    const config = resolveConfig(tuneFileSchema, await readConfigFile(join(here, file)), { assignments: set });
    const data = await loadData(config.data, { seed: config.seed, folder: here });
    return { config, base: { model: config.model, fit: config.fit, seed: config.seed }, data: this.smoke ? thinned(data) : data };
  }

  /**
   * Runs a search, or goes on with the one that its journal holds.
   * @param seed of the search, where it is not that of the file, which is that of the split of the data too
   */
  async search(name, file, set = [], { seed } = {}) {
    const { config, base: own, data } = await this.read(file, set);
    const base = { ...own, seed: seed ?? own.seed };
    const tune = this.limited(config.tune);
    const path = join(this.folder, `${name}.journal`);
    const identity = { configuration: { ...base, tune: { ...tune, budget: undefined } }, data: [] };
    const journal = existsSync(path) ? JournalFile.resume(path, identity) : JournalFile.create(path, identity);
    try {
      const result = await searchParameters(tune, base, data, this.executor, { journal });
      for (const stage of result.stages) this.log(`${name}, ${stage.name}: ${describeStage(stage)}`);
      return { name, file, set, result, data, config, base };
    } finally {
      journal.close();
    }
  }

  /** Fits a candidate, judges it on a data set: energies in eV/atom and eV per structure, forces in eV/Å. */
  async errors(candidate, train, test) {
    const started = performance.now();
    const { model } = await fitSparseGp(candidate, train, this.executor);
    const { errors, comparisons } = await assessPotential(model, test, this.executor);
    const { energy, forces } = errors.total;
    const perStructure = comparisons.map(({ energy: { reference, predicted } }) => Math.abs(predicted - reference));
    return {
      energyRmse: energy.rmse,
      energyMae: energy.mae,
      energyMaePerStructure: perStructure.reduce((sum, value) => sum + value, 0) / perStructure.length,
      ...(forces.count > 0 && { forcesRmse: forces.rmse, forcesMae: forces.mae }),
      seconds: (performance.now() - started) / 1000,
    };
  }

  /** Kernel values between the environments of a data set for the first term of a candidate. */
  async kernels({ model }, dataset) {
    const { mean, std, skewness, histogram } = await kernelDistribution(dataset, model.terms[0], this.executor, { references: 3000 });
    return { mean, std, skewness, histogram };
  }

  /** Writes the results of a case beside its tables. */
  write(name, results, tables) {
    const json = JSON.stringify(results, (_key, value) => (typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(8)) : value));
    this.replace(`${name}.json`, `${json}\n`);
    this.replace(`${name}.md`, `${tables}\n`);
    process.stdout.write(`${tables}\n`);
  }

  replace(name, text) {
    const target = join(this.folder, name);
    writeFileSync(`${target}.part`, text);
    renameSync(`${target}.part`, target);
  }

  limited(tune) {
    const budget = this.smoke ? { evaluations: 4 } : this.budget;
    if (!budget) return tune;
    const { stages } = tune;
    return stages ? { ...tune, stages: stages.map((stage) => ({ ...stage, budget })) } : { ...tune, budget };
  }
}

const FEW = 24;

/** A few structures of every part, and for each species at least one. */
function thinned(data) {
  const few = (dataset) => {
    const order = shuffledOrder(dataset, Array.from({ length: dataset.nStructures }, (_, i) => i), { seed: 1, stratify: true });
    const taken = order.slice(0, FEW);
    const speciesOf = (index) => dataset.structure(index).atomicNumbers;
    for (const species of dataset.species()) {
      if (!taken.some((index) => speciesOf(index).includes(species))) taken.push(order.find((index) => speciesOf(index).includes(species)));
    }
    return dataset.subset(taken.sort((a, b) => a - b));
  };
  const parts = ["train", "validation", "test"].filter((part) => data[part] !== undefined);
  return { ...data, ...Object.fromEntries(parts.map((part) => [part, few(data[part])])) };
}

function describeStage({ records, best, objective }) {
  const seconds = records.reduce((sum, record) => sum + record.seconds, 0);
  const failed = records.filter(({ status }) => status === "failed").length;
  return `${records.length - 1} × ${objective}, best ${best?.loss.toPrecision(4)}, ${seconds.toFixed(0)} s of evaluations${failed ? `, ${failed} failed` : ""}`;
}

/** A search as it is kept: what came out and how the best loss fell with the number of trained models. */
export function digest({ name, file, set, result, base }) {
  const { candidate, stages, seconds } = result;
  return {
    name,
    file,
    set,
    seed: base.seed,
    candidate,
    seconds,
    stages: stages.map(({ name: stage, objective, records, best }) => ({
      stage,
      objective,
      evaluations: records.length - 1,
      failed: records.filter(({ status }) => status === "failed").length,
      start: records.find(({ id }) => id === -1)?.loss,
      best: best && { loss: best.loss, metrics: best.metrics },
      improvements: improvements(records),
    })),
  };
}

/** [number of candidates that could be evaluated, best loss so far] wherever it fell; the start, which both strategies share, is left out. */
export function improvements(records) {
  let best = Infinity;
  return records
    .filter(({ id, status }) => id >= 0 && status === "done")
    .sort((a, b) => a.id - b.id)
    .flatMap(({ loss }, i) => (loss < best ? [[i + 1, (best = loss)]] : []));
}

/** Improvements of the stages that train models. */
export const trainedImprovements = ({ stages }) => stages.find(({ objective }) => objective === "validation-loss").improvements;

/** Best loss after a number of trained models. */
export function lossAfter(points, models) {
  return points.filter(([count]) => count <= models).at(-1)?.[1];
}

/** Trained models until a loss is reached; undefined where it is not. */
export function modelsUntil(points, loss) {
  return points.find(([, reached]) => reached <= loss)?.[0];
}
