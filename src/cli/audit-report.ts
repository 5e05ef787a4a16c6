import { stringify } from "yaml";
import type { Audit } from "../audit/audit.js";
import { programVersions } from "../config/provenance.js";
import type { FileRecord } from "../models/model-type.js";
import { writeAuditReport } from "../report/audit/write-audit-report.js";

/** What a page of an audit is made of. */
export interface AuditPage {
  readonly audit: Audit;
  readonly files: readonly FileRecord[];
  /** As a configuration file. */
  readonly settings: object;
}

/** Writes the page, and returns its path. */
export async function writeAuditPage(target: string, { audit, files, settings }: AuditPage, signal: AbortSignal): Promise<string> {
  const { html } = await writeAuditReport(
    target,
    {
      title: `${audit.descriptor.type} on ${audit.data.name}`,
      date: new Date().toISOString().slice(0, 16).replace("T", " "),
      audit,
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
