import type { FisherInformation } from "../analysis/fisher/result.js";
import { programVersions } from "../config/provenance.js";
import type { FileRecord } from "../models/model-type.js";

/** What a page of a Fisher information is made of. */
export interface FisherPage {
  readonly found: FisherInformation;
  /** The model first. */
  readonly files: readonly FileRecord[];
  readonly modelName: string;
  readonly modelType: string;
  readonly dataName: string;
}

/** Writes the page, and returns its path. */
export async function writeFisherPage(target: string, { found, files, modelName, modelType, dataName }: FisherPage, signal: AbortSignal | undefined): Promise<string> {
  const { writeFisherReport } = await import("../report/fisher/write-fisher-report.js");
  const { html } = await writeFisherReport(
    target,
    {
      title: `What ${dataName} tell of ${modelName}`,
      description: `Fisher information of a ${modelType} potential`,
      date: new Date().toISOString().slice(0, 16).replace("T", " "),
      information: found,
      provenance: [
        ...files.map(({ role, path, sha256 }) => [`${role} ${path}`, `SHA-256 ${sha256}`] as const),
        ...Object.entries(programVersions()).map(([name, value]) => [`${name} version`, value] as const),
      ],
    },
    { ...(signal && { signal }) },
  );
  return html;
}
