import { setImmediate as nextTurn } from "node:timers/promises";
import { quantile } from "../analysis/distribution.js";
import { type BlindDirections, blindDirections } from "../analysis/sensitivity/blind-directions.js";
import { modeDisplacements, type Sensitivity, sensitivityOf } from "../analysis/sensitivity/sensitivity.js";
import type { Descriptor } from "../descriptors/descriptor.js";
import type { AnyDescriptor } from "../descriptors/structure-descriptor.js";
import { type EnvironmentSource, listEnvironments } from "../environments/collect.js";
import { EnvironmentDescriber } from "../environments/environment-derivatives.js";
import { environmentOf, type SingleEnvironment } from "../environments/single-environment.js";
import { seededRandom } from "../math/random.js";
import { type Executor, throwIfAborted } from "../parallel/executor.js";
import type { ProgressListener } from "../parallel/progress.js";
import type { Dataset } from "../structures/dataset.js";
import { symbolOf } from "../structures/periodic-table.js";
import type { Audit, Part } from "./audit.js";
import type { FunctionalPart, JudgedEnvironment, ManifoldPart, SensitivityPart, ZeroCauses } from "./move-results.js";
import { type Core, coreOf } from "./core-environment.js";
import { extentOf, type FollowedPath, followedPath } from "./followed-path.js";

/** How much is looked at. */
export interface SensitivityOptions {
  /** Environments. */
  readonly sampleSize: number;
  readonly seed: number;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ProgressListener | undefined;
}

/** What derivatives tell. */
export type SensitivityParts = Pick<Audit, "functional" | "sensitivity" | "manifold">;

/** Singular values above this share of the largest are not 0; rounding leaves less of a zero. */
const ZERO = 1e-10;
/** Of files positions are rounded or relaxed: symmetries hold up to so much (Å), and zeros that they make become so large. */
const [NEARLY_SYMMETRIC, NEARLY_ZERO] = [3e-5, 1e-5];
/** Below, a move hardly shows beside the stiffest one. */
export const STIFF = 1e-3;
/** Paths that are compared, and the softest environments that they are tried from: near symmetric ones the softest direction turns at once. */
const MOST_PATHS = 6;
const MOST_TRIED = 40;
/** Å: shorter paths are none. */
const SHORTEST = 0.005;
/** Every so many environments of the sample are looked at with all neighbors. */
const WHOLE_EVERY = 5;
/** Environments with zeros whose causes are told at most. */
const MOST_CAUSES = 200;
/** Bins of the histogram for each power of ten, and powers of ten below 1. */
const [PER_DECADE, DECADES] = [4, 12];

/** Sensitivity of the sample, and the manifold of the worst environment; reasons where the descriptor has none. */
export async function sensitivityParts(dataset: Dataset, descriptor: AnyDescriptor, executor: Executor, options: SensitivityOptions): Promise<SensitivityParts> {
  const reason = reasonAgainst(descriptor);
  if (reason !== undefined) return { functional: { leftOut: reason }, sensitivity: { leftOut: reason }, manifold: { leftOut: reason } };
  const describer = new EnvironmentDescriber(executor, descriptor as Descriptor, dataset.species());
  try {
    return await new SensitivitySample(dataset, describer, executor, options).parts();
  } finally {
    describer.release();
  }
}

function reasonAgainst(descriptor: AnyDescriptor): string | undefined {
  const { name, rows, turns } = descriptor;
  if (descriptor.describes === "structures" || rows !== "center") return `rows of ${name} are not those of single atoms, so that there are no environments to move`;
  return turns ? `rows of ${name} turn with the structure, so that every rotation shows` : undefined;
}

/** An environment that was looked at. */
interface Looked {
  readonly source: EnvironmentSource;
  readonly core: Core;
  readonly nModes: number;
  /** Smallest by largest singular value; 0 where nothing is seen */
  readonly ratio: number;
  readonly rank: number;
}

/** Of an environment with all its neighbors. */
interface Whole {
  readonly neighbors: number;
  readonly nModes: number;
  readonly rank: number;
  readonly stiff: number;
}

class SensitivitySample {
  constructor(
    private readonly dataset: Dataset,
    private readonly describer: EnvironmentDescriber,
    private readonly executor: Executor,
    private readonly options: SensitivityOptions,
  ) {}

  async parts(): Promise<SensitivityParts> {
    const { dataset, executor, describer, options: { sampleSize, seed } } = this;
    const sources = listEnvironments(dataset, null, sampleSize, seededRandom(seed));
    const cores: Looked[] = [];
    const wholes: Whole[] = [];
    for (const [i, source] of sources.entries()) {
      await this.turn(i, sources.length);
      const whole = environmentOf(executor, dataset.structure(source.structure), source.atom, describer.cutoff);
      const core = coreOf(whole, describer);
      cores.push({ source, core, ...ranked(this.look(core.environment)) });
      if (i % WHOLE_EVERY === 0) wholes.push({ neighbors: whole.neighbors.length, ...ranked(this.look(whole)) });
    }
    const movable = cores.filter(({ nModes }) => nModes > 1);
    if (movable.length === 0) {
      const leftOut = "no environment of the sample has two neighbors, so that nothing but distances can change";
      return { functional: this.functional(wholes), sensitivity: { leftOut }, manifold: { leftOut } };
    }
    const { judged, part } = this.sensitivity(movable, cores.length);
    return { functional: this.functional(wholes), sensitivity: part, manifold: await this.manifold(judged) };
  }

  private look(environment: SingleEnvironment): Sensitivity {
    return sensitivityOf(this.executor, this.describer, environment);
  }

  private async turn(done: number, total: number): Promise<void> {
    this.options.onProgress?.({ stage: "move atoms", done, total, unit: "environments" });
    if (done % 8 !== 0) return;
    await nextTurn();
    throwIfAborted(this.options.signal);
  }

  private functional(all: readonly Whole[]): Part<FunctionalPart> {
    const wholes = all.filter(({ nModes }) => nModes > 0);
    if (wholes.length === 0) return { leftOut: "no environment of the sample has a neighbor that could move" };
    const median = (of: (whole: Whole) => number): number => Float64Array.from(wholes, of).sort()[(wholes.length - 1) >> 1];
    const full = wholes.filter(({ nModes, rank }) => rank === Math.min(nModes, this.describer.nFeatures)).length;
    return {
      environments: wholes.length,
      columns: this.describer.nFeatures,
      neighbors: median(({ neighbors }) => neighbors),
      moves: median(({ nModes }) => nModes),
      rank: median(({ rank }) => rank),
      stiff: median(({ stiff }) => stiff),
      fullRank: full / wholes.length,
    };
  }

  private sensitivity(movable: readonly Looked[], sampled: number): { readonly judged: readonly Looked[]; readonly part: SensitivityPart } {
    const ascending = [...movable].sort((a, b) => a.ratio - b.ratio || movable.indexOf(a) - movable.indexOf(b));
    const soft = ascending.filter(({ ratio }) => ratio < NEARLY_ZERO);
    const told = soft.slice(0, MOST_CAUSES).map((looked) => ({ looked, causes: this.causes(looked) })).filter(({ causes }) => countOf(causes) > 0);
    const untold = new Set(soft.slice(MOST_CAUSES).filter(({ nModes, rank }) => rank < nModes));
    const excused = new Set(told.filter(({ causes }) => faultsOf(causes) === 0).map(({ looked }) => looked));
    // zeros that symmetry asks for are no fault, and neither is what lies beyond the cutoff
    const faulty = ascending.filter((looked) => !excused.has(looked) && !untold.has(looked));
    const judged = faulty.length > 0 ? faulty : ascending;
    const ratios = Float64Array.from(judged, ({ ratio }) => ratio);
    const part: SensitivityPart = {
      environments: movable.length,
      skipped: sampled - movable.length,
      excused: excused.size,
      ratio: { minimum: ratios[0], low: quantile(ratios, 0.05), median: quantile(ratios, 0.5), high: quantile(ratios, 0.95), maximum: ratios[ratios.length - 1] },
      zeros: { environments: told.length + untold.size, told: told.length, causes: causesOf(told.map(({ causes }) => causes)) },
      histogram: histogramOf(ascending.map(({ ratio }) => ratio)),
      worst: this.judged(judged[0]),
      median: this.judged(judged[judged.length >> 1]),
    };
    return { judged, part };
  }

  /** Of an environment near a symmetric one, whose zeros are not quite 0, those of the symmetric one. */
  private causes({ core: { environment } }: Looked): BlindDirections {
    const near = blindDirections(this.executor, this.describer, environment, { zero: NEARLY_ZERO, symmetryTolerance: NEARLY_SYMMETRIC });
    return faultsOf(near) === 0 ? near : blindDirections(this.executor, this.describer, environment);
  }

  private judged({ source, core, ratio, rank }: Looked): JudgedEnvironment {
    const { environment } = core;
    const sensitivity = this.look(environment);
    return {
      structure: source.structure,
      atom: source.atom,
      label: this.dataset.labels[source.structure],
      species: symbolOf(environment.center),
      neighbors: Array.from(environment.neighbors, symbolOf),
      displacements: Array.from(environment.displacements),
      singularValues: Array.from(sensitivity.singularValues),
      rank,
      ratio,
      mode: Array.from(modeDisplacements(sensitivity, -1)),
    };
  }

  /** Of the softest environments that whose path is the longest blind one. */
  private async manifold(judged: readonly Looked[]): Promise<Part<ManifoldPart>> {
    const { signal, onProgress } = this.options;
    const paths: { readonly looked: Looked; readonly path: FollowedPath }[] = [];
    let [tried, reason] = [0, ""];
    for (const looked of judged.slice(0, MOST_TRIED)) {
      const path = await followedPath(this.executor, this.describer, looked.core, { signal, onProgress });
      tried++;
      if ("leftOut" in path) reason = path.leftOut;
      else if (path.displacement < SHORTEST) reason = path.endMessage;
      else paths.push({ looked, path });
      if (paths.length === MOST_PATHS) break;
    }
    if (paths.length === 0) return { leftOut: `from ${tried === 1 ? "the softest environment" : `none of the ${tried} softest environments`} the softest move can${tried === 1 ? "not" : ""} be followed by more than ${SHORTEST} Å (${reason})` };
    const [{ looked, path }] = paths.sort((a, b) => extentOf(b.path) - extentOf(a.path));
    return { tried, start: this.judged(looked), ...path };
  }
}

function ranked({ singularValues }: Sensitivity): Pick<Looked, "nModes" | "ratio" | "rank"> & Pick<Whole, "stiff"> {
  const nModes = singularValues.length;
  const [largest = 0] = singularValues;
  const above = (share: number): number => singularValues.filter((value) => value > share * largest).length;
  return { nModes, ratio: largest > 0 ? singularValues[nModes - 1] / largest : 0, rank: above(ZERO), stiff: above(STIFF) };
}

/** Zeros that neither symmetry nor the cutoff explains. */
function faultsOf({ incompleteness, truncation, unknown }: ZeroCauses): number {
  return incompleteness + truncation + unknown;
}

function countOf(causes: ZeroCauses): number {
  return causes.range + causes.symmetry + faultsOf(causes);
}

function causesOf(all: readonly BlindDirections[]): ZeroCauses {
  const sum = (cause: keyof ZeroCauses): number => all.reduce((total, own) => total + own[cause], 0);
  return { range: sum("range"), symmetry: sum("symmetry"), incompleteness: sum("incompleteness"), truncation: sum("truncation"), unknown: sum("unknown") };
}

/** Equal bins of the logarithm; what is smaller counts in the first. */
function histogramOf(ratios: readonly number[]): SensitivityPart["histogram"] {
  const bins = PER_DECADE * DECADES;
  const edges = Array.from({ length: bins + 1 }, (_, i) => 10 ** (i / PER_DECADE - DECADES));
  const counts = new Array<number>(bins).fill(0);
  for (const ratio of ratios) counts[Math.min(bins - 1, Math.max(0, Math.floor((Math.log10(Math.max(ratio, edges[0])) + DECADES) * PER_DECADE)))]++;
  return { edges, counts };
}
