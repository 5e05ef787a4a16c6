import type { EvaluationRecord, SearchResult, StageResult } from "../../../src/tune/search-result.js";
import type { Candidate, Parameter, ParameterValue } from "../../../src/tune/search-space/search-space.js";
import type { TuneReportData } from "../../../src/report/index.js";
import { randomNormal } from "../synthetic.js";

const TERM = "model.terms[0]";
const real = { kind: "continuous" } as const;

const descriptorParameters: readonly Parameter[] = [
  { path: `${TERM}.descriptor.sigma`, label: "sigma", dimension: real, scale: "log", range: [0.1, 2] },
  { path: `${TERM}.descriptor.cutoff.soft`, label: "cutoff.soft", dimension: real, scale: "linear", range: [4, 5] },
  {
    path: `${TERM}.descriptor.nMax`, label: "nMax", dimension: { kind: "ordered", levels: 5 }, scale: "linear", range: [4, 8], values: [4, 5, 6, 7, 8],
  },
  {
    path: `${TERM}.descriptor.radialEnhancement`, label: "radialEnhancement", dimension: { kind: "ordered", levels: 3 }, scale: "linear",
    values: [0, 1, 2],
  },
  {
    path: `${TERM}.descriptor.basis`, label: "basis", dimension: { kind: "categorical", levels: 3 }, scale: "linear",
    values: ["poly3", "poly3gauss", "equispaced-gaussian"],
  },
  { path: `${TERM}.descriptor.centralWeight`, label: "centralWeight", dimension: real, scale: "linear", range: [0, 2] },
  { path: `${TERM}.descriptor.amplitudeScaling`, label: "amplitudeScaling", dimension: real, scale: "linear", range: [0, 2] },
];

const fitParameters: readonly Parameter[] = [
  { path: `${TERM}.kernel.zeta`, label: "zeta", dimension: real, scale: "linear", range: [2, 10] },
  { path: `${TERM}.kernel.delta`, label: "delta", dimension: real, scale: "log", range: [0.1, 5] },
  { path: "fit.sigma.energy", label: "fit.sigma.energy", dimension: real, scale: "log", range: [0.001, 0.1] },
  { path: "fit.sigma.forces", label: "fit.sigma.forces", dimension: real, scale: "log", range: [0.001, 0.1] },
];

export const twoParameters = fitParameters.slice(0, 2);

/** A value of a parameter at a coordinate of an optimizer. */
function valueAt({ range, values, scale }: Parameter, coordinate: number): ParameterValue {
  if (values) return values[coordinate];
  const [lower, upper] = range!;
  return scale === "log" ? lower * (upper / lower) ** coordinate : lower + coordinate * (upper - lower);
}

export interface SearchShape {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly objective: string;
  readonly generations: number;
  readonly particles: number;
  readonly seed: number;
}

/** A stage in which a swarm draws together around a point while some evaluations fail or are stopped. */
export function syntheticStage({ name, parameters, objective, generations, particles, seed }: SearchShape): StageResult {
  const normal = randomNormal(seed);
  const target = parameters.map((_, d) => [0.3, 0.97, 0.6, 0.5, 0.4, 1.02, 0.55][d % 7]);
  const records: EvaluationRecord[] = [];
  const isKernel = objective === "kernel-distribution";
  for (let i = -1; i < generations * particles; i++) {
    const generation = Math.max(0, Math.floor(i / particles));
    const width = i < 0 ? 0.45 : 0.4 * Math.exp((-3 * generation) / generations) + 0.01;
    const shares = target.map((at) => Math.min(1, Math.max(0, at + width * normal())));
    const point = parameters.map(({ dimension }, d) => (dimension.kind === "continuous" ? shares[d] : Math.min(dimension.levels - 1, Math.floor(shares[d] * dimension.levels))));
    const values = Object.fromEntries(parameters.map((parameter, d) => [parameter.path, valueAt(parameter, point[d])]));
    const distance = target.reduce((sum, at, d) => sum + (d < 3 ? 3 : 0.3) * (shares[d] - at) ** 2, 0);
    records.push(evaluation(i, generation, { point, values, distance, normal, isKernel }));
  }
  const best = records.filter(({ status }) => status === "done").reduce((a, b) => (b.loss < a.loss ? b : a));
  return { name, optimizer: "particle-swarm", objective, parameters, records, best, candidate: {} as Candidate };
}

interface Draw {
  readonly point: readonly number[];
  readonly values: Record<string, ParameterValue>;
  readonly distance: number;
  readonly normal: () => number;
  readonly isKernel: boolean;
}

function evaluation(id: number, generation: number, { point, values, distance, normal, isKernel }: Draw): EvaluationRecord {
  const common = { id, generation, point: id < 0 ? null : point, values, seconds: 1.2 + 0.2 * Math.abs(normal()) };
  if (id >= 0 && id % 29 === 13) {
    const reason = id % 2 === 0
      ? `the kernel matrix of the sparse points is singular at pivot ${id} of 1000: raise fit.jitter or choose fewer sparse points`
      : `${(id / 10).toFixed(1)} s are over: the evaluation was ended`;
    return { ...common, fraction: 1, status: "failed", reason, loss: 1e6, metrics: {} };
  }
  const noise = 1 + 0.06 * Math.abs(normal());
  if (isKernel) {
    const std = 0.36 / (1 + 8 * distance) / noise;
    const mean = 1 - 1.4 * std;
    return {
      ...common, fraction: 1, status: "done", loss: 0.5 - std + 0.1 * distance,
      metrics: { kernelMean: mean, kernelStd: std, kernelSkewness: 0.2 - 3 * distance }, histogram: { from: 0, to: 1, counts: bell(mean, std) },
    };
  }
  const loss = (0.0042 + 0.05 * distance) * noise;
  const stopped = id > 20 && distance > 0.25;
  return {
    ...common, fraction: stopped ? 0.25 : 1, status: stopped ? "stopped" : "done", loss,
    metrics: { energyRmse: loss * 0.5, forcesRmse: loss * 15, cost: 40 + 200 * (point[0] + 0.3) ** 2 * noise },
  };
}

function bell(mean: number, std: number): number[] {
  return Array.from({ length: 40 }, (_, i) => Math.round(1e5 * Math.exp(-0.5 * (((i + 0.5) / 40 - mean) / Math.max(std, 0.012)) ** 2)));
}

export function searchOf(stages: readonly StageResult[]): SearchResult {
  return { stages, candidate: {} as Candidate, warnings: [], seconds: stages.flatMap(({ records }) => records).reduce((sum, { seconds }) => sum + seconds, 0) };
}

/** A search in two stages: the descriptor by its kernel distribution, the fit by its validation loss. */
export function syntheticSearch(generations = 12): TuneReportData {
  const result = searchOf([
    syntheticStage({ name: "descriptor", parameters: descriptorParameters, objective: "kernel-distribution", generations, particles: 16, seed: 3 }),
    syntheticStage({ name: "fit", parameters: fitParameters, objective: "validation-loss", generations, particles: 20, seed: 4 }),
  ]);
  return {
    title: "Search for a Si GAP on the Zuo 2020 data",
    description: "sparse-gp · soap-turbo",
    date: "2025-01-31 12:00",
    result,
    fitFile: "data: { train: Si_train.xyz.gz, validation: Si_validation.xyz.gz }\nmodel:\n  type: sparse-gp\n  terms:\n    - descriptor: { type: soap-turbo }\n",
    nextCommand: "pestle fit si-best.yaml -o si.pestle --report si-report",
    settings: "tune:\n  stages:\n    - name: descriptor\n      optimizer: { type: particle-swarm, particles: 16 }\n",
    provenance: [["train Si_train.xyz.gz", "SHA-256 57148b295cb2b124"], ["seed", "1"], ["pestle version", "0.1.0"], ["node version", "20.20.2"]],
  };
}
