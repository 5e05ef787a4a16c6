import { checkOutput } from "../../output-file.js";
import type { Executor } from "../../parallel/executor.js";
import { basename } from "node:path";
import { type Assessment, assessPotential } from "../../analysis/assessment.js";
import { type ErrorBarSummary, judgeErrorBars } from "../../analysis/error-bars.js";
import type { TrainingDomain } from "../../analysis/training-domain.js";
import { suspectReferenceWarnings } from "../../analysis/suspect-references.js";
import { programVersions, recordFile } from "../../config/provenance.js";
import { loadModel } from "../../models/model-file.js";
import type { FileRecord, Model } from "../../models/model-type.js";
import { formatErrorTable } from "../../report/error-table.js";
import { propertyTable } from "../../report/property-table.js";
import { worstStructures } from "../../report/worst-structures.js";
import { checkReport } from "../../report/write-files.js";
import { writeReport } from "../../report/write-report.js";
import { suspectDataWarnings } from "../../structures/checks/suspect-data.js";
import type { Dataset } from "../../structures/dataset.js";
import type { PredictedValues } from "../../structures/io/format.js";
import { inputName, shortInputName } from "../../structures/io/input-name.js";
import { readDataset, type ReadFile } from "../../structures/io/read-structures.js";
import { symbolOf } from "../../structures/periodic-table.js";
import { writeStructures } from "../../structures/io/write-structures.js";
import { closeAtoms, closeAtomsWarning } from "../close-atoms.js";
import { describeDomain, DOMAIN_LEFT_OUT, domainMeasure, domainOf, domainsOf, isDomainAsked, possibleMeasures, requireInside } from "../domain-check.js";
import { comparedStructures } from "../compared-structures.js";
import { requireErrorBars, requireKnownSpecies, trainingFiles } from "../model-checks.js";
import { relativeToAtoms } from "../relative-to-atoms.js";
import { describeErrorBars } from "../error-bar-text.js";
import { describeProperties, errorRecord } from "../error-record.js";
import { type DomainFlags, type ReferenceKeyFlags, referenceKeys, requestedColumns, type TypesFlag } from "../options.js";
import { refuseToReplace } from "../paths.js";
import { formatDuration } from "../progress.js";
import type { Session, SessionOptions } from "../session.js";
import { describeReport } from "./info.js";

/** Flags of `pestle evaluate`. */
export interface EvaluateFlags extends SessionOptions, ReferenceKeyFlags, TypesFlag, DomainFlags {
  readonly output?: string;
  readonly report?: string;
  readonly errorBars?: boolean;
  readonly column?: readonly string[];
  readonly forceThreshold?: number;
}

/** Runs `pestle evaluate`. */
export async function runEvaluate(session: Session, modelPath: string, data: readonly string[], flags: EvaluateFlags): Promise<void> {
  if (flags.output !== undefined) {
    await refuseToReplace(flags.output, [modelPath, ...data]);
    await checkOutput(flags.output);
  }
  if (flags.report !== undefined) await checkReport(flags.report);
  const expected = { files: data, secondsPerMegabyte: SECONDS_PER_MEGABYTE };
  await session.withExecutor((executor) => evaluate(session, executor, { modelPath, data }, flags), expected);
}

/** A model with few sparse points takes twice that. */
const SECONDS_PER_MEGABYTE = 0.5;

async function evaluate(
  session: Session,
  executor: Executor,
  { modelPath, data }: { readonly modelPath: string; readonly data: readonly string[] },
  flags: EvaluateFlags,
): Promise<void> {
  const { signal } = session;
  const model = await loadModel(modelPath);
  const files = [await recordFile("model", modelPath, signal)];
  const onFile = ({ path, sha256 }: ReadFile): number => files.push({ role: "data", path: inputName(path), sha256 });
  const dataset = await readDataset(data, { keys: referenceKeys(flags), columns: requestedColumns(flags.column), types: flags.types, onFile, signal });
  requireKnownSpecies(model, dataset, modelPath);
  session.note(describeReport(dataset.report));
  const warnings = [...dataset.report.warnings, ...trainingFiles(model, files.slice(1)), ...closeAtomsWarning(await closeAtoms(dataset)), ...suspectDataWarnings(dataset, "given")];
  for (const warning of warnings) session.warn(warning);
  const { energies, forceComponents, virials } = dataset.report;
  const hasReferences = energies + forceComponents + virials > 0;
  if (!hasReferences) session.note(describeMissingReferences(flags));
  if (flags.errorBars) requireErrorBars(model, "leave --error-bars out");
  const measure = domainMeasure(model, dataset, flags);
  if (!measure && possibleMeasures(model).length > 0 && flags.domain === undefined) session.note(DOMAIN_LEFT_OUT);
  const assessment = await assessPotential(model, dataset, executor, { signal, onProgress: session.onProgress, ...(measure && { [measure]: true }), errorBars: flags.errorBars, forceThreshold: flags.forceThreshold });
  const suspect = suspectReferenceWarnings(assessment.comparisons, dataset, "given");
  for (const warning of suspect) session.warn(warning);
  warnings.push(...suspect);
  // calibrated bars are of whole errors, with what the noise of the fit stands for
  const noise = model.provenance.calibration ? undefined : model.residualNoise;
  const errorBars = flags.errorBars ? judgeErrorBars(assessment.comparisons, noise) : undefined;
  const domain = measure && domainOf(assessment, measure, flags);
  if (domain && domain.outside > 0) {
    warnings.push(describeDomain(domain, dataset));
    if (flags.json) session.warn(warnings[warnings.length - 1]);
  }
  if (flags.output !== undefined) {
    const predictions = (_: unknown, index: number): PredictedValues => predictedValues(assessment, index, isDomainAsked(flags) ? domain : undefined);
    await writeStructures(flags.output, dataset, { predictions, signal });
  }
  const html = flags.report === undefined ? undefined : await report(session, flags.report, { model, modelPath, dataset, assessment, errorBars, files, warnings });
  const atomsPerSecond = dataset.nAtoms / assessment.seconds;
  session.result(
    {
      model: { path: modelPath, sha256: files[0].sha256, type: model.type, species: model.species.map(symbolOf), cutoff: model.cutoff },
      data: files.slice(1).map(({ path, sha256 }) => ({ path, sha256 })),
      versions: programVersions(),
      ...errorRecord(assessment),
      ...(domain && { domain }),
      ...(errorBars && { errorBars }),
      warnings,
      seconds: assessment.seconds,
      atomsPerSecond,
      ...(flags.output !== undefined && { output: flags.output }),
      ...(html !== undefined && { report: html }),
    },
    [
      ...(hasReferences ? [formatErrorTable(assessment.errors, session.width)] : []),
      ...describeProperties(assessment.properties),
      `${dataset.nAtoms} atoms in ${formatDuration(assessment.seconds)}, ${Math.round(atomsPerSecond)} atoms/s`,
      ...(domain ? [describeDomain(domain, dataset)] : []),
      ...(errorBars ? describeErrorBars(errorBars, model.provenance.calibration) : []),
      ...(flags.output === undefined ? [] : [`predictions → ${flags.output}`]),
      ...(html === undefined ? [] : [`report → ${html}`]),
    ].join("\n"),
  );
  if (domain) requireInside(domain, flags);
}

/** Said where there is nothing to compare with: the errors are all absent. */
function describeMissingReferences({ output }: EvaluateFlags): string {
  const keep = output === undefined ? "; -o predicted.xyz keeps the predictions" : "";
  return `references none: no energies, forces or virials to compare with; --energy-key and its like name those that are not recognised${keep}`;
}

/** @param domain with it, what tells it is written, too */
function predictedValues({ comparisons }: Assessment, index: number, domain: TrainingDomain | undefined): PredictedValues {
  const { energy, forces, virial, properties, uncertainty, extrapolationGrade, committeeSpread, errorBars } = comparisons[index];
  return {
    energy: energy?.predicted,
    ...(forces && { forces: forces.predicted }),
    ...(virial && { virial: virial.predicted }),
    ...(properties && { properties }),
    ...(domain && uncertainty && { uncertainties: uncertainty }),
    ...(domain && extrapolationGrade && { extrapolationGrades: extrapolationGrade }),
    ...(domain && committeeSpread && { committeeSpreads: committeeSpread }),
    ...(domain && { domains: domainsOf(comparisons[index][domain.measure]!, domain) }),
    ...(errorBars && { energyDeviation: errorBars.energy, ...(errorBars.forces.length > 0 && { forceDeviations: errorBars.forces }) }),
  };
}

interface Evaluation {
  readonly model: Model;
  readonly modelPath: string;
  readonly dataset: Dataset;
  readonly assessment: Assessment;
  readonly errorBars: ErrorBarSummary | undefined;
  readonly files: readonly FileRecord[];
  readonly warnings: readonly string[];
}

async function report(session: Session, folder: string, evaluation: Evaluation): Promise<string> {
  const { model, modelPath, dataset, assessment, errorBars, files, warnings } = evaluation;
  const source = dataset.report.files.join(", ");
  const properties = propertyTable([{ name: "test", properties: assessment.properties }]);
  const { html } = await writeReport(
    folder,
    {
      title: `${basename(modelPath)} on ${dataset.report.files.map(shortInputName).join(", ")}`,
      kind: "evaluate",
      description: `${model.type} · ${model.species.map(symbolOf).join(", ")} · cutoff ${Number(model.cutoff.toPrecision(4))} Å`,
      date: new Date().toISOString().slice(0, 16).replace("T", " "),
      warnings,
      datasets: [{ name: "test", source, records: relativeToAtoms(model, dataset, assessment) }],
      isolatedAtomSource: "model",
      forceThreshold: assessment.errors.forceThreshold,
      ...(properties && { tables: [properties] }),
      ...(errorBars && { errorBars }),
      timings: [{ stage: "prediction", seconds: assessment.seconds }],
      provenance: [
        ...files.map(({ role, path, sha256 }) => [`${role} ${path}`, `SHA-256 ${sha256}`] as const),
        ...Object.entries(programVersions()).map(([name, value]) => [`${name} version`, value] as const),
      ],
      worstStructures: worstStructures(comparedStructures("test", dataset, assessment)),
    },
    { signal: session.signal },
  );
  return html;
}
