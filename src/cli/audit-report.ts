import { stringify } from "yaml";
import { layPairs } from "../analysis/blind-spots/laid-pairs.js";
import { type Audit, isMeasured } from "../audit/audit.js";
import { programVersions } from "../config/provenance.js";
import type { FileRecord } from "../models/model-type.js";
import type { WorkContext } from "../parallel/work-context.js";
import { writeAuditReport } from "../report/audit/write-audit-report.js";
import type { Dataset } from "../structures/dataset.js";

/** What a page of an audit is made of. */
export interface AuditPage {
  readonly audit: Audit;
  /** That were audited. */
  readonly dataset: Dataset;
  readonly files: readonly FileRecord[];
  /** As a configuration file. */
  readonly settings: object;
}

/** Pairs that the page draws. */
const DRAWN = 10;

/** Writes the page, and returns its path. */
export async function writeAuditPage(target: string, { audit, dataset, files, settings }: AuditPage, { executor, signal }: WorkContext): Promise<string> {
  const { blind, descriptor: { cutoff } } = audit;
  const pairs = isMeasured(blind) && cutoff !== undefined ? await layPairs(dataset, blind.pairs.slice(0, DRAWN), cutoff, { executor, signal }) : [];
  const { html } = await writeAuditReport(
    target,
    {
      title: `${audit.descriptor.type} on ${audit.data.name}`,
      date: new Date().toISOString().slice(0, 16).replace("T", " "),
      audit,
      pairs,
      settings: stringify(settings),
      provenance: [
        ...files.map(({ role, path, sha256 }) => [`${role} ${path}`, `SHA-256 ${sha256}`] as const),
        ...Object.entries(programVersions()).map(([name, value]) => [`${name} version`, value] as const),
      ],
    },
    { ...(signal && { signal }) },
  );
  return html;
}
