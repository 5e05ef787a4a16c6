import { stringify } from "yaml";
import type { Comparison } from "../compare/comparison.js";
import { programVersions } from "../config/provenance.js";
import type { FileRecord } from "../models/model-type.js";
import { mapStructure } from "../report/compare/compare-report-data.js";
import { writeCompareReport } from "../report/compare/write-compare-report.js";
import type { Dataset } from "../structures/dataset.js";

/** What a page of a comparison is made of. */
export interface ComparisonPage {
  readonly comparison: Comparison;
  readonly dataset: Dataset;
  readonly files: readonly FileRecord[];
  /** As a configuration file. */
  readonly settings: object;
}

/** Writes the page, and returns its path. */
export async function writeComparisonPage(target: string, { comparison, dataset, files, settings }: ComparisonPage, signal: AbortSignal): Promise<string> {
  const sampled = new Set(comparison.descriptors.flatMap(({ information }) => information?.map.rows.map(({ structure }) => structure) ?? []));
  const { html } = await writeCompareReport(
    target,
    {
      title: `Descriptors on ${comparison.data.name}`,
      date: new Date().toISOString().slice(0, 16).replace("T", " "),
      comparison,
      structures: [...sampled].sort((a, b) => a - b).map((index) => mapStructure(dataset.structure(index), index)),
      warnings: [],
      settings: stringify(settings),
      provenance: [
        ...files.map(({ role, path, sha256 }) => [`${role} ${path}`, `SHA-256 ${sha256}`] as const),
        ...Object.entries(programVersions()).map(([name, value]) => [`${name} version`, value] as const),
      ],
    },
    { signal },
  );
  return html;
}
