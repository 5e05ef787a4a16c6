import { basename } from "node:path";
import { stringify } from "yaml";
import type { Assessment } from "../analysis/assessment.js";
import { type FileRecord, programVersions } from "../config/provenance.js";
import type { FitConfig } from "../config/fit-config.js";
import type { SparseGpFitSummary } from "../fit/sparse-gp/fit.js";
import type { Model } from "../models/model-type.js";
import type { ReportData } from "../report/report-data.js";
import { worstStructures } from "../report/worst-structures.js";
import type { Dataset } from "../structures/dataset.js";
import { symbolOf } from "../structures/periodic-table.js";
import { comparedStructures } from "./compared-structures.js";
import { isolatedAtomEnergy } from "./isolated-atom-energy.js";

/** One part of the data with what the model predicts for it. */
export interface AssessedPart {
  readonly name: string;
  readonly dataset: Dataset;
  readonly assessment: Assessment;
}

/** What the report of a fit shows. */
export function fitReportData(
  config: FitConfig,
  model: Model,
  summary: SparseGpFitSummary,
  parts: readonly AssessedPart[],
  files: readonly FileRecord[],
): ReportData {
  const nSparse = summary.terms.reduce((sum, term) => sum + term.nSparse, 0);
  const judged = parts[parts.length - 1];
  const energies = Object.entries(summary.isolatedAtomEnergies).map(([symbol, energy]) => `${symbol} ${energy} eV`);
  return {
    title: `Fit to ${[config.data.train].flat().map((path) => basename(path)).join(", ")}`,
    kind: "fit",
    description: `${model.type} · ${summary.terms.map(({ descriptor }) => descriptor).join(" + ")} · ${nSparse} sparse environments`,
    date: new Date().toISOString().slice(0, 16).replace("T", " "),
    datasets: parts.map(({ name, dataset, assessment }) => ({
      name,
      source: dataset.report.files.join(", "),
      records: assessment.comparisons.map((comparison, index) => ({
        ...comparison,
        isolatedAtomEnergy: isolatedAtomEnergy(model, dataset.structure(index).atomicNumbers),
      })),
    })),
    sparseSets: summary.terms.map((term, index) => ({
      descriptor: describeTerm(config, index),
      method: term.method,
      count: term.nSparse,
      candidates: term.candidates,
      nFeatures: term.nFeatures,
      bySpecies: countBySpecies(parts[0].dataset, term.sources),
    })),
    timings: [
      { stage: "sparse set", seconds: summary.seconds.select },
      { stage: "design matrix and QR", seconds: summary.seconds.design },
      { stage: "coefficients", seconds: summary.seconds.solve },
      ...parts.map(({ name, assessment }) => ({ stage: `prediction, ${name}`, seconds: assessment.seconds })),
    ],
    memory: [
      { name: "numerical memory, peak", bytes: summary.peakWasmBytes },
      { name: "process, peak", bytes: process.resourceUsage().maxRSS * 1024 },
    ],
    settings: stringify(config),
    provenance: [
      ...files.map(({ role, path, sha256 }) => [`${role} ${path}`, `SHA-256 ${sha256}`] as const),
      ["isolated-atom energies", `${energies.join(", ")} (${summary.isolatedAtomSource})`] as const,
      ["seed", String(config.seed)] as const,
      ...Object.entries(programVersions()).map(([name, value]) => [`${name} version`, value] as const),
    ],
    worstStructures: worstStructures(comparedStructures(judged.name, judged.dataset, judged.assessment)),
  };
}

/** "soap, nMax 8, lMax 8, cutoff 5.4 Å" */
function describeTerm(config: FitConfig, index: number): string {
  const { type, cutoff, ...others } = config.model.terms[index].descriptor as { type: string; cutoff?: { radius?: number } };
  const numbers = Object.entries(others).filter(([, value]) => typeof value === "number" || typeof value === "string");
  const range = cutoff?.radius === undefined ? [] : [`cutoff ${cutoff.radius} Å`];
  return [type, ...numbers.map(([name, value]) => `${name} ${value}`), ...range].join(", ");
}

function countBySpecies(
  train: Dataset,
  sources: readonly { readonly structure: number; readonly atom: number }[],
): { species: string; count: number }[] {
  const counts = new Map<number, number>();
  for (const { structure, atom } of sources) {
    const atomicNumber = train.atomicNumbers[train.offsets[structure] + atom];
    counts.set(atomicNumber, (counts.get(atomicNumber) ?? 0) + 1);
  }
  return [...counts].sort(([a], [b]) => a - b).map(([atomicNumber, count]) => ({ species: symbolOf(atomicNumber), count }));
}
