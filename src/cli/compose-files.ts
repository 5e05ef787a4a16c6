import { basename, dirname, extname, join } from "node:path";
import { readFile } from "node:fs/promises";
import { stringify } from "yaml";
import type { ComposeConfig } from "../config/compose-config.js";
import { programVersions, withoutFolders } from "../config/provenance.js";
import { tunedFitFile } from "../config/tuned-file.js";
import type { GrownPotential } from "../compose/grow-potential.js";
import { exactFormat, writeComposedModel } from "../interop/composed/write-model.js";
import { saveModel } from "../models/model-file.js";
import { writeWholeFile } from "../output-file.js";
import type { Dataset } from "../structures/dataset.js";
import type { LoadedData } from "../structures/data-schema.js";
import type { Candidate } from "../tune/search-space/search-space.js";
import { programName } from "../version.js";
import { besideWith } from "./paths.js";
import { formatDuration } from "./progress.js";

/** Where results go. */
export interface ComposeFiles {
  readonly model: string;
  readonly fitFile: string;
  readonly journal: string;
  /** undefined: none is written */
  readonly report: string | undefined;
  /** Without its ending, which is that of what is written; undefined: nothing is written. */
  readonly tables: string | undefined;
}

/** A search with what belongs to it. */
export interface ComposeJob {
  readonly config: ComposeConfig;
  readonly data: LoadedData;
  readonly validation: Dataset;
  readonly files: ComposeFiles;
  /** What was said of the data. */
  readonly warnings: readonly string[];
  /** Repeats the command with --resume. */
  readonly resumeCommand: string;
}

/** What was written, and the lines that say so. */
export interface WrittenCompose {
  readonly report?: string;
  readonly tables: readonly string[];
  readonly next: string;
  readonly lines: readonly string[];
}

/** Names of all files beside the model. */
export function composeFilesOf(output: string, { journal, report, export: tables = true }: { readonly journal?: string; readonly report?: string | false; readonly export?: boolean }): ComposeFiles {
  return {
    model: output,
    fitFile: besideWith(output, "-fit", ".yaml"),
    journal: journal ?? besideWith(output, "", ".journal.jsonl"),
    report: report === false ? undefined : (report ?? besideWith(output, "-report", ".html")),
    tables: tables ? join(dirname(output), basename(output, extname(output))) : undefined,
  };
}

/** Writes model, fit file, tables and report. */
export async function writeResult(job: ComposeJob, grown: GrownPotential, signal: AbortSignal): Promise<WrittenCompose> {
  const { files } = job;
  const { model, result } = grown;
  const versions = programVersions();
  await saveModel(files.model, withoutFolders(model.withProvenance({ ...model.provenance, versions, data: job.data.files, metrics: grown.description.errors })));
  await writeWholeFile(files.fitFile, fitFileText(job, grown));
  const exported = files.tables === undefined ? undefined : await writeComposedModel(`${files.tables}${exactFormat(model).ending}`, model);
  const tables = exported?.files.map((name) => join(dirname(files.tables!), name)) ?? [];
  const next = `pestle evaluate ${files.model} DATA`;
  const report = files.report === undefined ? undefined : await writePage(job, grown, files.report, next, signal);
  return {
    ...(report !== undefined && { report }),
    tables,
    next,
    lines: [
      `searched for ${formatDuration(result.elapsed)}, ${result.candidates.length} candidates`,
      `model → ${files.model}`,
      `fit file → ${files.fitFile}`,
      `journal → ${files.journal}`,
      ...(exported ? [`${exported.format === "json" ? "JSON with a reader in Python" : "tables for LAMMPS"} → ${tables.join(", ")}`, ...exported.lammps.map((line) => `  ${line}`)] : []),
      ...(report === undefined ? [] : [`report → ${report}`]),
      `next: ${next}`,
      ...(result.isSpent ? [`to go on: ${job.resumeCommand}, with a larger --budget`] : []),
    ],
  };
}

/** Everything, for --json; parameters of candidates are in the journal. */
export function resultRecord({ files, config, data, warnings }: ComposeJob, { result, description, model, warnings: own }: GrownPotential, { report, tables, next }: WrittenCompose): object {
  const { candidates, incumbents, best: { id, notation, counts, spectrum, cost, loss }, ends, elapsed } = result;
  return {
    output: files.model, fitFile: files.fitFile, journal: files.journal, ...(report !== undefined && { report }), tables,
    potential: notation, id, counts, loss, spectrum, cost, errors: description.errors, parameters: description.parameters,
    species: model.species, incumbents, ends, isSpent: result.isSpent, seconds: elapsed,
    candidates: candidates.map(({ parameters: _, spectrum: own, ...others }) => ({ ...others, ...(own && { log10Kappa: own.log10Kappa, log10KappaScaled: own.log10KappaScaled }) })),
    warnings: [...warnings, ...own], config, data: data.files, versions: programVersions(), next,
  };
}

/** The fit that makes the potential again; defaults of the sections that nobody gave are written, too, as they may change. */
function fitFileText({ config, files }: ComposeJob, { fit, result }: GrownPotential): string {
  const { best, candidates, elapsed } = result;
  return tunedFitFile({
    data: config.data,
    candidate: structuredClone(fit) as unknown as Candidate,
    path: files.fitFile,
    comment: [
      `Grown by ${programName}, pestle compose: ${best.notation}, ${candidates.length} candidates, ${formatDuration(elapsed)}`,
      `journal: ${basename(files.journal)}`,
      "fit.start has the values that were found: without it the fit begins from random ones",
    ].join("\n"),
  });
}

async function writePage({ config, data, validation, files, warnings, resumeCommand }: ComposeJob, { result, description, warnings: own }: GrownPotential, target: string, next: string, signal: AbortSignal): Promise<string> {
  // loaded here, because drawing brings much along
  const { writeComposeReport } = await import("../report/compose/write-compose-report.js");
  const names = [config.data.train].flat().map((path) => basename(path)).join(", ");
  const { html } = await writeComposeReport(
    target,
    {
      title: `${result.best.notation}`,
      description: `${names} · trained on ${data.train.nStructures} structures, judged on ${validation.nStructures}${data.test ? `, tested on ${data.test.nStructures}` : ""}`,
      date: new Date().toISOString().slice(0, 16).replace("T", " "),
      warnings: [...warnings, ...own],
      result,
      summary: description,
      fitFile: await readFile(files.fitFile, "utf8"),
      nextCommand: next,
      settings: stringify(config),
      provenance: [
        ...data.files.map(({ role, path, sha256 }) => [`${role} ${path}`, `SHA-256 ${sha256}`] as const),
        ["seed", String(config.seed)],
        ["resume", resumeCommand],
        ...Object.entries(programVersions()).map(([name, version]) => [`${name} version`, version] as const),
      ],
    },
    { signal },
  );
  return html;
}
