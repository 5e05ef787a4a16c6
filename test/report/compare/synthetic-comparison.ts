import type { Agreement, ClosePair, Estimate, Information, LearningCurve, SampledRow } from "../../../src/analysis/information/information.js";
import type { ComparedDescriptor, Comparison, Cost, Scaling, Timing } from "../../../src/compare/comparison.js";
import { placesAtCost } from "../../../src/compare/front.js";
import { energyError, energyUncertainty, secondsPerAtom } from "../../../src/compare/sentences.js";
import type { CompareReportData, MapStructure } from "../../../src/report/index.js";
import { randomNormal } from "../synthetic.js";

/** How one descriptor of a synthetic comparison comes out; times in µs, errors in meV/atom. */
interface Sketch {
  readonly name: string;
  readonly length: number;
  readonly time: number;
  readonly error: number;
  readonly rank: number;
  readonly rows?: "center" | "structure";
  readonly parameters?: Record<string, unknown>;
}

/** About as the descriptors of the package come out on silicon. */
const sketches: readonly Sketch[] = [
  { name: "soap small", length: 36, time: 9.1, error: 11.8, rank: 4.1, parameters: { type: "soap", cutoff: { radius: 5 }, nMax: 4, lMax: 3, sigma: 0.5 } },
  { name: "soap large", length: 540, time: 88, error: 4.6, rank: 6.3, parameters: { type: "soap", cutoff: { radius: 5 }, nMax: 10, lMax: 9, sigma: 0.4 } },
  { name: "soap-turbo", length: 252, time: 31, error: 5.4, rank: 6.9, parameters: { type: "soap-turbo", cutoff: { hard: 5, soft: 4.5 }, nMax: 8, lMax: 6 } },
  { name: "acsf", length: 51, time: 14, error: 8.2, rank: 3.2, parameters: { type: "acsf", radial: [{ eta: 0.05 }, { eta: 4 }], angular: [{ zeta: 1, lambda: -1 }] } },
  { name: "weighted-acsf", length: 30, time: 5.2, error: 14.1, rank: 2.7, parameters: { type: "weighted-acsf" } },
  { name: "bispectrum", length: 55, time: 41, error: 7.9, rank: 3.9, parameters: { type: "bispectrum", twoJMax: 8 } },
];

const longNames = ["a very long name of a descriptor with all of its parameters: cutoff 5.5 Å, n_max 12, l_max 9, σ 0.35 Å", "ünïcödé <b>&amp; \"quotes\"</b>", "names_with_underscores_and/slashes/that/go/on/and/on/without/a/space"];

function timing(micro: number): Timing {
  return { median: micro * 1e-6, low: micro * 0.98e-6, high: micro * 1.03e-6, rounds: 7 };
}

function estimate(mean: number, share = 0.04): Estimate {
  return { mean, error: Math.abs(mean) * share, count: 5 };
}

function costOf({ time, length, rows = "center" }: Sketch): Cost {
  const unit = rows === "structure" ? "structure" : "environment";
  return {
    unit, sampleSize: rows === "structure" ? 239 : 2048, neighborsPerCenter: rows === "structure" ? 0 : 34.2, atomsPerUnit: rows === "structure" ? 55.3 : 1,
    ...(rows === "center" && { neighbors: timing(1.9) }),
    values: timing(time), ...(length < 400 && { jacobian: timing(time * 3.4) }), backward: timing(time * 2.2),
    stages: rows === "structure" ? [] : [
      { stage: "neighbors", share: 1.9 / (time + 1.9) }, { stage: "radial", share: 0.25 * (1 - 1.9 / (time + 1.9)) },
      { stage: "angular", share: 0.4 * (1 - 1.9 / (time + 1.9)) }, { stage: "products", share: 0.3 * (1 - 1.9 / (time + 1.9)) }, { stage: "other", share: 0.05 * (1 - 1.9 / (time + 1.9)) },
    ],
    ...(length > 40 && { operations: { values: time * 4200, backward: time * 9000, jacobian: time * 30000 }, peakShare: 0.28 - length / 4000 }),
    bytes: { row: 8 * length, state: 8 * 900, jacobian: 24 * length * 35 }, tables: { bytes: 81_000, seconds: 0.012 }, peakBytes: 38e6, reference: 5e-4, verified: 3.1e-11,
  };
}

function scalingOf({ time }: Sketch, variable: string, unit: string, exponent: number, xs: readonly number[], normal: () => number): Scaling {
  const middle = xs[Math.floor(xs.length / 2)];
  const points = xs.map((x) => ({ x, seconds: time * 1e-6 * (x / middle) ** exponent * (1 + 0.02 * normal()) }));
  return { variable, unit, points, exponent, error: 0.03, range: [xs[0], xs[xs.length - 1]], deviation: 0.04 };
}

function curve(unit: string, spread: number, last: number): LearningCurve {
  return { unit, spread, leftOut: 0, points: [10, 20, 40, 80, 160].map((structures) => ({ structures, rmse: estimate(last * (160 / structures) ** 0.45, 0.06) })) };
}

const SAMPLE = 300;

function informationOf({ length, error, rank, rows = "center" }: Sketch, seed: number): Information {
  const normal = randomNormal(seed);
  const sampleSize = rows === "structure" ? 60 : SAMPLE;
  const sampled = Array.from({ length: sampleSize }, (_, i): SampledRow => ({ structure: i % 40, atom: rows === "structure" ? -1 : (7 * i) % 8 }));
  const raw = Array.from({ length: Math.min(length, 299) }, (_, i) => 10 ** (-10 * (i / Math.min(length, 299)) ** 0.7 * (1 + 2 / rank)));
  const sum = raw.reduce((a, b) => a + b);
  const counts = Array.from({ length: 60 }, (_, i) => Math.round(4000 * Math.exp(-(((i - 59 + 3 * rank) / (1 + rank)) ** 2))));
  return {
    rows, sampleSize,
    spectrum: {
      rows: sampleSize, columns: length, eigenvalues: raw.map((value) => value / sum), participationRatio: estimate(rank), rank: Math.min(length, 230),
      conditionNumber: length > 500 ? Infinity : 10 ** (3 + length / 50), constantColumns: length > 500 ? 12 : 0, duplicateColumns: 3,
    },
    kernels: { mean: estimate(1 - 0.03 * rank), std: estimate(0.02 * rank), skewness: estimate(-1.3), histogram: { from: 0, to: 1, counts } },
    distanceCorrelation: { energy: estimate(0.4 + 1.5 / error), ...(rows === "center" && { force: estimate(0.3 + 0.8 / error) }) },
    ...(rows === "center" && { closest: Array.from({ length: 5 }, (_, i): ClosePair => ({ a: sampled[i], b: sampled[40 + 3 * i], distance: 0.0021 * (i + 1), displacement: 0.11 + 0.03 * i })) }),
    learning: {
      energy: curve("meV/atom", 96, error), energyAtLength: curve("meV/atom", 96, error * 1.6), length: 30,
      ...(rows === "center" && { forcesAtLength: curve("eV/Å", 1.31, 0.08 + error / 60) }),
    },
    map: { points: sampled.map((_, i) => [((i % 4) - 1.5) * rank + normal(), normal() * (0.5 + (i % 3))] as const), rows: sampled },
    remarks: ["the sample was cut to 300 environments by the budget of time", ...(length > 500 ? ["12 columns are constant"] : [])],
  };
}

const notPlaced = { errorOverFront: NaN, errorOverFrontUncertainty: NaN, isClear: false, onFront: false };

function described(sketch: Sketch, index: number): ComparedDescriptor {
  const { name, length, rows = "center", parameters = { type: name }, time, error } = sketch;
  const normal = randomNormal(100 + index);
  return {
    name, parameters, length, rows, ...(rows === "center" && { cutoff: 5 }),
    cost: costOf(sketch),
    scaling: rows === "structure" ? [] : [
      scalingOf(sketch, "cutoff", "Å", 2.1 + 0.1 * index, [3.5, 4, 4.5, 5, 5.5, 6], normal),
      ...(/soap/.test(name) ? [scalingOf(sketch, "nMax", "", 1.7, [4, 6, 8, 10, 12], normal), scalingOf(sketch, "lMax", "", 1.1, [3, 5, 7, 9], normal)] : []),
      scalingOf(sketch, "species", "", 0.2, [1, 2, 3, 4], normal),
      ...(index === 0 ? [scalingOf(sketch, "threads", "", -0.9, [1, 2], normal)] : []),
    ],
    predictions: [
      { what: "10⁶ atoms, values", hours: (time * 1e-6 * 1e6) / 3600, bytes: 8e6 * length },
      { what: "10⁵ structures, values and Jacobian", hours: (time * 3.4e-6 * 5.5e6) / 3600, bytes: 4e7 },
    ],
    information: informationOf(sketch, index + 1),
    sentence: `${name} takes ${time} µs per environment, 1.4 times as long as the cheapest, and tells energies apart with an error of ${error} meV/atom: its ${length} columns vary in few directions.`,
    ...notPlaced, cached: index === 0 ? ["cost", "information"] : [],
  };
}

function agreementOf(descriptors: readonly ComparedDescriptor[]): Agreement {
  const members = descriptors.flatMap(({ rows }, i) => (rows === "center" ? [i] : []));
  const matrix = <T>(value: (i: number, j: number) => T): T[][] => members.map((i) => members.map((j) => value(i, j)));
  const error = (i: number, j: number): number => (i === j ? 0 : Math.min(1, descriptors[j].length / (descriptors[i].length + 40) / 3));
  const absent = (i: number, j: number): boolean => i + j === 3;
  const none: Estimate = { mean: NaN, error: NaN, count: 0 };
  return {
    members, sampleSize: 300, neighbors: 20, localNeighbors: 40, remarks: ["LFRE is that of 100 of the rows: more would take too long"],
    overlap: matrix((i, j) => (absent(i, j) ? NaN : i === j ? 1 : 0.3 + 0.4 / (1 + Math.abs(i - j)))),
    globalError: matrix((i, j) => (absent(i, j) ? none : estimate(error(i, j)))),
    localError: matrix((i, j) => (absent(i, j) ? none : estimate(error(i, j) * 0.6))),
  };
}

/** Cells of silicon with germanium among it, displaced by heat. */
function structures(count: number): MapStructure[] {
  const basis = [[0, 0, 0], [0, 2, 2], [2, 0, 2], [2, 2, 0], [1, 1, 1], [1, 3, 3], [3, 1, 3], [3, 3, 1]];
  return Array.from({ length: count }, (_, index) => {
    const normal = randomNormal(index + 1);
    return {
      index, label: `frame ${index + 1} of Si_train.xyz`, symbols: basis.map((_site, i) => (index % 3 === 0 && i % 4 === 0 ? "Ge" : "Si")),
      positions: basis.flatMap((site) => site.map((share) => (share * 5.43) / 4 + 0.1 * normal())),
      cell: [5.43, 0, 0, 0, 5.43, 0, 0, 0, 5.43], pbc: [true, true, true] as const, energyPerAtom: -5.3 + 0.08 * normal(),
    };
  });
}

function comparisonOf(descriptors: readonly ComparedDescriptor[]): Comparison {
  const places = placesAtCost(descriptors.map((descriptor) => ({ cost: secondsPerAtom(descriptor), error: energyError(descriptor), uncertainty: energyUncertainty(descriptor) })));
  return {
    data: { name: "Si_train.xyz", structures: 239, atoms: 13_207, species: ["Si", "Ge"], periodic: true, energies: 239, forces: 3 * 13_207 },
    machine: { cpu: "AMD EPYC 9B14 96-Core Processor", cores: 2, node: "v22.11.0", build: "relaxed-simd", peak: 31.2e9, gemm: 24.8e9 },
    seed: 0, threads: 2, seconds: 158, measuredShare: 0.93,
    descriptors: descriptors.map((descriptor, i) => {
      const { best, ratio, uncertainty, isClear } = places[i];
      return { ...descriptor, errorOverFront: ratio, errorOverFrontUncertainty: uncertainty, bestAtCost: descriptors[best]?.name, isClear, onFront: ratio === 1 };
    }),
    refused: [{ name: "coulomb-matrix", parameters: { type: "coulomb-matrix" }, reason: "frame 1 of Si_train.xyz is periodic: the matrix of a molecule has no images; take the sine matrix" }],
    agreement: agreementOf(descriptors), warnings: [],
  };
}

/** A comparison with everything that there can be. */
export function syntheticComparison(): CompareReportData {
  return {
    title: "Descriptors of silicon", date: "30 November 2026",
    comparison: comparisonOf(sketches.map(described)), structures: structures(40),
    settings: "descriptors:\n  - type: soap\n    nMax: 4\nbudget: 3 min\n", provenance: [["pestle", "0.1.0"], ["Si_train.xyz", "sha256 57148b295cb2b124"]],
  };
}

/** Twenty descriptors, some with unwieldy names, some of whole structures, on structures of which the page has few. */
export function manyDescriptors(): CompareReportData {
  const many = Array.from({ length: 20 }, (_, i): Sketch => {
    const base = sketches[i % sketches.length];
    const [round, name] = [Math.floor(i / sketches.length), longNames[i - 3]];
    return { ...base, name: name ?? (round === 0 ? base.name : `${base.name}, variant ${round}`), time: Number((base.time * (1 + 0.5 * round)).toFixed(2)), error: Number((base.error * (1 + 0.07 * round)).toFixed(2)), ...(i >= 18 && { rows: "structure" as const }) };
  });
  const comparison = comparisonOf(many.map(described));
  return { title: "Twenty descriptors", comparison: { ...comparison, warnings: ["The machine was busy: times of repetitions lie up to 12 % apart."] }, structures: structures(12) };
}

/** One descriptor on data without energies, whose budget ended after the costs of it. */
export function minimalComparison(): CompareReportData {
  const [{ cost, ...first }] = sketches.slice(0, 1).map(described);
  const { closest: _closest, kernels: _kernels, ...information } = first.information!;
  const descriptor: ComparedDescriptor = {
    ...first, cost: { ...cost!, stages: [] }, scaling: [], predictions: [], onFront: false,
    information: { ...information, learning: { length: 30 }, distanceCorrelation: {} },
  };
  const full = comparisonOf([{ ...descriptor, cost }]);
  const { agreement: _agreement, ...rest } = full;
  return { title: "Minimal", comparison: { ...rest, descriptors: [descriptor], refused: [], data: { ...full.data, structures: 1, energies: 0, forces: 0 } } };
}

/** Nothing could be measured. */
export function emptyComparison(): CompareReportData {
  const { comparison } = minimalComparison();
  return { title: "Empty", comparison: { ...comparison, descriptors: [], refused: syntheticComparison().comparison.refused } };
}

/** Descriptors for which the budget did not suffice for anything. */
export function unmeasuredComparison(): CompareReportData {
  const { comparison, ...rest } = syntheticComparison();
  const bare = comparison.descriptors.slice(0, 2).map(({ cost: _cost, information: _information, ...descriptor }) => ({ ...descriptor, scaling: [], predictions: [], onFront: false, sentence: "" }));
  const { agreement: _agreement, ...others } = comparison;
  return { ...rest, title: "Unmeasured", comparison: { ...others, descriptors: bare } };
}
