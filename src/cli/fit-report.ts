import { basename } from "node:path";
import { stringify } from "yaml";
import type { Assessment } from "../analysis/assessment.js";
import { programVersions } from "../config/provenance.js";
import type { FitConfig } from "../config/fit-config.js";
import { trainerOf } from "../fit/registry.js";
import type { FitSummary } from "../fit/fit-summary.js";
import type { FileRecord, Model } from "../models/model-type.js";
import { propertyTable } from "../report/property-table.js";
import type { ReportData, ReportTable } from "../report/report-data.js";
import { worstStructures } from "../report/worst-structures.js";
import type { Dataset } from "../structures/dataset.js";
import { comparedStructures } from "./compared-structures.js";
import { relativeToAtoms } from "./relative-to-atoms.js";

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
  summary: FitSummary,
  parts: readonly AssessedPart[],
  files: readonly FileRecord[],
): ReportData {
  const judged = parts[parts.length - 1];
  const energies = Object.entries(summary.isolatedAtomEnergies ?? {}).map(([symbol, energy]) => `${symbol} ${energy} eV`);
  return {
    title: `Fit to ${[config.data.train].flat().map((path) => basename(path)).join(", ")}`,
    kind: "fit",
    description: [model.type, trainerOf(config.model).describe(config), summary.extent].filter((part) => part !== "").join(" · "),
    date: new Date().toISOString().slice(0, 16).replace("T", " "),
    datasets: parts.map(({ name, dataset, assessment }) => ({
      name,
      source: dataset.report.files.join(", "),
      records: relativeToAtoms(model, dataset, assessment),
    })),
    isolatedAtomSource: summary.isolatedAtomSource,
    warnings: [
      ...parts.flatMap(({ name, dataset }) => dataset.report.warnings.map((text) => `${name}: ${text}`)),
      ...(summary.warnings ?? []),
    ],
    tables: [...[propertyTable(parts.map(({ name, assessment: { properties } }) => ({ name, properties })))].filter((table) => table !== undefined), ...findingsTable(model), ...summary.tables],
    ...(summary.plots && { plots: summary.plots }),
    timings: [
      ...summary.stages.map(({ name, seconds }) => ({ stage: name, seconds })),
      ...parts.map(({ name, assessment }) => ({ stage: `prediction, ${name}`, seconds: assessment.seconds })),
    ],
    memory: [
      { name: "numerical memory, peak", bytes: summary.peakWasmBytes },
      { name: "process, peak", bytes: process.resourceUsage().maxRSS * 1024 },
    ],
    settings: stringify(config),
    provenance: [
      ...files.map(({ role, path, sha256 }) => [`${role} ${path}`, `SHA-256 ${sha256}`] as const),
      ...(energies.length > 0 ? [["isolated-atom energies", `${energies.join(", ")} (${summary.isolatedAtomSource})`] as const] : []),
      ["seed", String(config.seed)] as const,
      ...Object.entries(programVersions()).map(([name, value]) => [`${name} version`, value] as const),
    ],
    worstStructures: worstStructures(comparedStructures(judged.name, judged.dataset, judged.assessment)),
  };
}

/** What descriptors took from the training data. */
function findingsTable({ findings = [] }: Model): ReportTable[] {
  return findings.length === 0 ? [] : [{ title: "Learned columns", columns: ["of the training data"], rows: findings.map((finding) => [finding]) }];
}
