import type { FisherOptions } from "../../analysis/fisher/fisher-information.js";
import { fisherInformation } from "../../analysis/fisher/fisher-information.js";
import type { PrecisionChoice } from "../../analysis/fisher/bits.js";
import { planFisher } from "../../analysis/fisher/plan.js";
import { programVersions, recordFile } from "../../config/provenance.js";
import { loadModel } from "../../models/model-file.js";
import type { FileRecord, Model } from "../../models/model-type.js";
import { checkOutput, writeWholeFile } from "../../output-file.js";
import type { Executor } from "../../parallel/executor.js";
import { checkReport } from "../../report/write-files.js";
import type { Dataset } from "../../structures/dataset.js";
import { shuffledOrder } from "../../structures/split.js";
import { inputName, shortInputName } from "../../structures/io/input-name.js";
import { readDataset, type ReadFile } from "../../structures/io/read-structures.js";
import { symbolOf } from "../../structures/periodic-table.js";
import { formatBytes } from "../../wasm/memory.js";
import { writeFisherPage } from "../fisher-report.js";
import { fisherText, weightsText } from "../fisher-text.js";
import { noteDataset } from "../loaded-data.js";
import { formatDuration } from "../progress.js";
import { requireKnownSpecies } from "../model-checks.js";
import { type ReferenceKeyFlags, referenceKeys, type TypesFlag } from "../options.js";
import { refuseToReplace } from "../paths.js";
import type { Session, SessionOptions } from "../session.js";

/** Flags of `pestle fisher`. */
export interface FisherFlags extends SessionOptions, ReferenceKeyFlags, TypesFlag {
  readonly output?: string;
  readonly report?: string;
  readonly precision?: PrecisionChoice;
  readonly bits?: number;
  readonly unitWeights?: boolean;
  readonly predict?: string;
  readonly sample?: number;
  readonly dryRun?: boolean;
}

/** Of reading and double precision. */
const SECONDS_PER_MEGABYTE = 1;

/** 1 for the total energy and each component of a force. */
const UNIT_WEIGHTS = { energy: 1, forces: 1, perAtom: false, configTypes: {} };

/** Runs `pestle fisher`. */
export async function runFisher(session: Session, modelPath: string, data: readonly string[], flags: FisherFlags): Promise<void> {
  const { output, report, predict } = flags;
  if (output !== undefined && !flags.dryRun) {
    await refuseToReplace(output, [modelPath, ...data, ...(predict === undefined ? [] : [predict])]);
    await checkOutput(output);
  }
  if (report !== undefined && !flags.dryRun) await checkReport(report);
  const model = await loadModel(modelPath);
  const files: FileRecord[] = [await recordFile("model", modelPath, session.signal)];
  await session.withExecutor(
    async (executor) => {
      const dataset = sampleOf(await read(session, model, modelPath, data, flags, (file) => files.push({ ...file, role: "data" })), flags.sample);
      if (flags.dryRun) return printPlan(session, executor, model, dataset, flags);
      const predictions = predict === undefined ? undefined : await read(session, model, modelPath, [predict], flags, (file) => files.push({ ...file, role: "predict" }));
      await analyze(session, executor, { model, modelPath, data, dataset, predictions, files }, flags);
    },
    { files: data, secondsPerMegabyte: SECONDS_PER_MEGABYTE },
  );
}

async function read(
  session: Session, model: Model, modelPath: string, paths: readonly string[], flags: FisherFlags, take: (file: Omit<FileRecord, "role">) => void,
): Promise<Dataset> {
  const onFile = ({ path, sha256 }: ReadFile): void => take({ path: inputName(path), sha256 });
  const dataset = await readDataset(paths, { keys: referenceKeys(flags), types: flags.types, onFile, signal: session.signal });
  noteDataset(session, paths.map(shortInputName).join(", "), dataset);
  requireKnownSpecies(model, dataset, modelPath);
  return dataset;
}

/** So many structures, in the shares of their configuration types. */
function sampleOf(dataset: Dataset, count = Infinity): Dataset {
  if (count >= dataset.nStructures) return dataset;
  const order = shuffledOrder(dataset, Array.from({ length: dataset.nStructures }, (_, i) => i), { seed: 1, stratify: true });
  return dataset.subset(order.slice(0, count).sort((a, b) => a - b));
}

function printPlan(session: Session, executor: Executor, model: Model, dataset: Dataset, { unitWeights }: FisherFlags): void {
  const plan = planFisher(model, dataset, executor, unitWeights ? { sigma: UNIT_WEIGHTS } : undefined);
  session.result(plan, [
    `rows        ${plan.rows} of ${dataset.nStructures} structures`,
    `parameters  ${plan.parameters}, ${plan.linear} of them linear`,
    `weights     ${weightsText(plan.weights)}`,
    `memory      ${formatBytes(plan.bytes)} in double precision`,
    ...(plan.highSeconds === null ? [] : [`time        seconds in double precision; where that does not suffice about ${formatDuration(plan.highSeconds / executor.threads)} in 256 bits and 512 on ${executor.threads === 1 ? "one thread" : `${executor.threads} threads`} (--sample takes fewer structures)`]),
  ].join("\n"));
}

interface FisherJob {
  readonly model: Model;
  readonly modelPath: string;
  /** Paths. */
  readonly data: readonly string[];
  readonly dataset: Dataset;
  readonly predictions: Dataset | undefined;
  readonly files: readonly FileRecord[];
}

async function analyze(session: Session, executor: Executor, job: FisherJob, { output, report, precision, bits, unitWeights }: FisherFlags): Promise<void> {
  const { model, modelPath, data, dataset, predictions, files } = job;
  const { signal, onProgress } = session;
  const options: FisherOptions = { precision, bits, ...(unitWeights && { sigma: UNIT_WEIGHTS }), ...(predictions && { predictions: [...predictions] }) };
  const found = await fisherInformation(model, dataset, { executor, signal, onProgress }, options);
  for (const warning of found.warnings) session.warn(warning);
  const [own, ...others] = files;
  const record = {
    model: { path: own.path, sha256: own.sha256, type: model.type, species: model.species.map(symbolOf) },
    data: others.map(({ role, path, sha256 }) => ({ role, path, sha256 })),
    versions: programVersions(),
    ...found,
  };
  if (output !== undefined) await writeWholeFile(output, `${JSON.stringify(record, null, 2)}\n`);
  const names = { modelName: shortInputName(modelPath), modelType: model.type, dataName: data.map(shortInputName).join(", ") };
  const page = report === undefined ? undefined : await writeFisherPage(report, { found, files, ...names }, signal);
  session.result(record, [fisherText(found), ...(output === undefined ? [] : [`numbers → ${output}`]), ...(page === undefined ? [] : [`report → ${page}`])].join("\n"));
}
