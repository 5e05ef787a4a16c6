import { availableParallelism, cpus } from "node:os";
import type { Agreement, Information } from "../analysis/information/information.js";
import type { AnyDescriptor } from "../descriptors/structure-descriptor.js";
import type { Executor } from "../parallel/executor.js";
import type { Dataset } from "../structures/dataset.js";
import { symbolOf } from "../structures/periodic-table.js";
import type { ComparedDescriptor, Comparison, Cost, RefusedDescriptor, Scaling } from "./comparison.js";
import type { Reference } from "./cost/reference.js";
import { rescaled } from "./cost/rescale.js";
import { type PlaceAtCost, placesAtCost } from "./front.js";
import { predictionsOf } from "./predictions.js";
import type { NamedParameters } from "./presets.js";
import { energyError, energyUncertainty, secondsPerAtom, sentenceOf } from "./sentences.js";

/** A descriptor with what is known of it so far. */
export interface Member {
  readonly name: string;
  /** As they were given. */
  readonly given: NamedParameters["parameters"];
  readonly descriptor: AnyDescriptor;
  readonly cached: string[];
  cost?: Cost;
  scaling: Scaling[];
  information?: Information;
}

/** What was measured of all, and on what. */
export interface Measured extends Pick<Comparison, "seed" | "seconds" | "measuredShare" | "agreement" | "warnings"> {
  readonly dataset: Dataset;
  readonly executor: Executor;
  readonly members: readonly Member[];
  readonly reference: Reference;
  readonly agreement: Agreement | undefined;
  readonly refused: readonly RefusedDescriptor[];
  readonly name: string;
}

/** Below this share of what the composition alone leaves, a model has learned something. */
const LEARNED = 0.9;

/** Everything that was measured as a result: times on the scale of the best speed of the machine, descriptors beside each other. */
export function comparisonOf(measured: Measured): Comparison {
  const { dataset, executor, members, reference, seed, seconds, measuredShare, agreement, refused } = measured;
  for (const member of members) if (member.cost) member.cost = rescaled(member.cost, reference);
  const places = placesAtCost(members.map((member) => ({ cost: secondsPerAtom(member), error: energyError(member), uncertainty: energyUncertainty(member) })));
  const described = members.map((member, i) => describedMember(member, dataset, places[i], members[places[i].best]?.name));
  return {
    data: dataOf(dataset, measured.name),
    machine: {
      cpu: cpuName(),
      cores: availableParallelism(),
      node: process.versions.node,
      build: executor.wasm.shared.build,
      peak: reference.peak,
      gemm: reference.gemm,
    },
    seed,
    threads: executor.threads,
    seconds,
    measuredShare,
    descriptors: described.map((member) => ({ ...member, sentence: sentenceOf(member, described) })),
    refused,
    agreement,
    warnings: [...measured.warnings, ...nothingLearned(described)],
  };
}

function dataOf(dataset: Dataset, name: string): Comparison["data"] {
  return {
    name,
    structures: dataset.nStructures,
    atoms: dataset.nAtoms,
    species: dataset.species().map(symbolOf),
    periodic: dataset.pbc.includes(1),
    energies: dataset.report.energies,
    forces: dataset.report.forceComponents,
  };
}

function describedMember(member: Member, dataset: Dataset, place: PlaceAtCost, best: string | undefined): Omit<ComparedDescriptor, "sentence"> {
  const { name, descriptor, cost, scaling, information, cached } = member;
  return {
    name,
    parameters: { ...descriptor.parameters, type: descriptor.name },
    length: descriptor.featureCount(dataset.species()),
    cutoff: descriptor.describes === "structures" ? undefined : descriptor.cutoff,
    rows: descriptor.rows,
    cost,
    scaling,
    predictions: cost ? predictionsOf(cost, dataset.nAtoms / dataset.nStructures) : [],
    information,
    errorOverFront: place.ratio,
    errorOverFrontUncertainty: place.uncertainty,
    bestAtCost: best,
    isClear: place.isClear,
    onFront: place.ratio === 1,
    cached,
  };
}

/** Where no model is much better than the composition, errors are noise and so is the front. */
function nothingLearned(members: readonly Omit<ComparedDescriptor, "sentence">[]): string[] {
  const curves = members.flatMap(({ information }) => information?.learning.energy ?? []);
  if (curves.length === 0 || curves.some(({ points, spread }) => points[points.length - 1].rmse.mean < LEARNED * spread)) return [];
  const structures = Math.max(...curves.map(({ points }) => points[points.length - 1].structures));
  return [
    `no model learned energies from ${structures} structures: all errors are about as large as that of the composition alone, and do not tell descriptors apart; compare on more structures`,
  ];
}

/** What a descriptor is, whatever it is called. */
export function identity({ descriptor }: Pick<Member, "descriptor">): object {
  return { ...descriptor.parameters, type: descriptor.name };
}

/** Of the machine. */
export function cpuName(): string {
  return cpus()[0]?.model.trim() ?? "unknown";
}
