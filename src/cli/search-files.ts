import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { stringify } from "yaml";
import type { ConfigFile } from "../config/config-file.js";
import { programVersions } from "../config/provenance.js";
import type { TuneConfig } from "../config/tune-config.js";
import { tunedFitFile } from "../config/tuned-file.js";
import { trainerOf } from "../fit/registry.js";
import type { FileRecord } from "../models/model-type.js";
import { writeWholeFile } from "../output-file.js";
import type { LoadedData } from "../structures/data-schema.js";
import { stagesOf } from "../tune/schema.js";
import type { SearchResult } from "../tune/search-result.js";
import type { CheckedSpace } from "../tune/search-space/create.js";
import type { Candidate } from "../tune/search-space/search-space.js";
import { programName } from "../version.js";

/** A search with the files that belong to it. */
export interface TuneJob {
  readonly path: string;
  readonly file: ConfigFile;
  readonly config: TuneConfig;
  /** What the search starts from. */
  readonly base: Candidate;
  /** What is searched, one for every stage, as far as it could be said before the data were read. */
  readonly spaces: readonly (CheckedSpace | undefined)[];
  readonly data: LoadedData;
  /** What was said of the data. */
  readonly warnings: readonly string[];
  readonly output: string;
  readonly journal: string;
  readonly report: string | undefined;
  /** Number of an evaluation. */
  readonly choose: number | undefined;
  /** Repeats the command with --resume. */
  readonly resumeCommand: string;
}

/** The fit file with the best values. */
export async function writeFitFile({ path, file, config, output, journal }: TuneJob, result: SearchResult): Promise<void> {
  const isYaml = !path.toLowerCase().endsWith(".json");
  const short = (loss: number): string => String(Number(loss.toPrecision(6)));
  const losses = result.stages.flatMap(({ name, best, chosen, records }) => {
    const start = records.find(({ id }) => id < 0);
    const count = records.filter(({ id }) => id >= 0).length;
    const told = chosen ?? best;
    return told ? [`${name}: ${chosen ? `evaluation ${chosen.id} was chosen, ` : ""}loss ${short(told.loss)}${start?.status === "done" ? ` (start ${short(start.loss)})` : ""}, ${count} evaluations`] : [];
  });
  const text = tunedFitFile({
    source: isYaml ? file.text : undefined,
    data: config.data,
    candidate: result.candidate,
    path: output,
    comment: [`Found by ${programName}, pestle tune ${basename(path)}`, ...losses, `journal: ${basename(journal)}`].join("\n"),
  });
  await writeWholeFile(output, text);
}

export interface FinishedSearch {
  readonly result: SearchResult;
  readonly warnings: readonly string[];
  readonly files: readonly FileRecord[];
  /** The command for the next step. */
  readonly next: string;
}

/** @returns the path of the page */
export async function writeSearchReport(job: TuneJob, target: string, { result, warnings, files, next }: FinishedSearch, signal: AbortSignal): Promise<string> {
  const { config, output } = job;
  // loaded here, because drawing brings much along
  const { writeTuneReport } = await import("../report/search/write-tune-report.js");
  const { html } = await writeTuneReport(
    target,
    {
      title: `Search of ${basename(job.path)}`,
      description: `${config.model.type} · ${trainerOf(config.model).describe(config)} · ${[config.data.train].flat().map((path) => basename(path)).join(", ")}`,
      date: new Date().toISOString().slice(0, 16).replace("T", " "),
      warnings,
      result,
      fitFile: await readFile(output, "utf8"),
      nextCommand: next,
      settings: stringify({ ...config, tune: { ...(config.tune.budget && { budget: config.tune.budget }), stages: stagesOf(config.tune) } }),
      provenance: [
        ...files.map(({ role, path, sha256 }) => [`${role} ${path}`, `SHA-256 ${sha256}`] as const),
        ["seed", String(config.seed)],
        ...Object.entries(programVersions()).map(([name, version]) => [`${name} version`, version] as const),
      ],
    },
    { signal },
  );
  return html;
}
