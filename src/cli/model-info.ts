import { stringify } from "yaml";
import { z } from "zod";
import { CommitteeModel } from "../models/committee/model.js";
import { ComposedModel } from "../models/composed/model.js";
import { loadModel } from "../models/model-file.js";
import type { Model } from "../models/model-type.js";
import { modelTypeOf, partTypes } from "../models/registry.js";
import { SumModel, type SumPart } from "../models/sum/model.js";
import { symbolOf } from "../structures/periodic-table.js";
import { composedLines, composedRecord } from "./composed-info.js";
import { describeCalibration } from "./error-bar-text.js";
import type { Session } from "./session.js";
import { formatNumber, formatTable } from "./table.js";

/** What `pestle info` says of a model file. */
export async function describeModel(session: Session, file: string): Promise<void> {
  const model = await loadModel(file);
  const { parameters, arrays } = modelTypeOf(model).encode(model, partTypes);
  const { type, cutoff, provenance } = model;
  const species = model.species.map(symbolOf);
  const shapes = Object.fromEntries(arrays.map(({ name, shape }) => [name, shape]));
  const { versions, data, options } = provenance;
  session.result(
    { kind: "model", type, species, cutoff, ...(model instanceof SumModel && { parts: model.parts.map(partRecord) }), ...(model instanceof ComposedModel && composedRecord(model)), ...(model.findings?.length && { findings: model.findings }), parameters, arrays: shapes, provenance },
    [
      `model      ${file}`,
      `type       ${type}`,
      `species    ${species.join(", ")}`,
      `cutoff     ${cutoff} Å`,
      ...partLines(model, ""),
      ...(model instanceof ComposedModel ? composedLines(model) : []),
      ...spreadLines(model),
      ...(model.findings ?? []).map((finding) => `learned    ${finding}`),
      `parameters\n${indent(stringify(abbreviated(parameters)))}`,
      ...(arrays.length === 0 ? [] : [`arrays\n${indent(arrays.map(({ name, shape }) => `${name}: ${shape.join(" × ")}`).join("\n"))}`]),
      ...(options === undefined ? [] : [`${isBuilt(options) ? "options" : "fit options"}\n${indent(stringify(options))}`]),
      `provenance\n${indent(stringify({ versions, data }))}`,
      ...describeMetrics(provenance.metrics),
      ...(provenance.calibration ? [describeCalibration(provenance.calibration)] : []),
    ].join("\n"),
  );
}

/** Options of a fit have its section. */
function isBuilt(options: unknown): boolean {
  return typeof options === "object" && options !== null && !("fit" in options);
}

function partRecord({ model: { type, species, cutoff }, isBaseline = false }: SumPart): object {
  return { type, isBaseline, species: species.map(symbolOf), cutoff };
}

/** What a committee, or one in a sum, takes for its training domain. */
function spreadLines(model: Model): string[] {
  if (model instanceof SumModel) return model.parts.flatMap(({ model: part, isBaseline }) => (isBaseline ? [] : spreadLines(part)));
  if (!(model instanceof CommitteeModel)) return [];
  const { species, spreadLimits } = model;
  const text = spreadLimits ? species.map((one, s) => `${symbolOf(one)} ${formatNumber(spreadLimits[s], 4)} eV`).join(", ") : "none, it does not tell the training domain (evaluate --domain)";
  return [`limits     of the spread of local energies: ${text}`];
}

/** A line for each potential of a sum, those of sums in sums below. */
function partLines(model: Model, indent: string): string[] {
  if (!(model instanceof SumModel)) return [];
  return model.parts.flatMap(({ model: part, isBaseline = false }, p) => [
    `${(indent === "" && p === 0 ? "parts" : "").padEnd(11)}${indent}${part.type}, cutoff ${part.cutoff} Å, ${part.species.map(symbolOf).join(" ")}${isBaseline ? " (baseline)" : ""}`,
    ...(part.provenance.calibration && !isBaseline ? [`${"".padEnd(11)}${indent}  ${describeCalibration(part.provenance.calibration)}`] : []),
    ...partLines(part, `${indent}  `),
  ]);
}

const totalSchema = z.object({ count: z.number(), rmse: z.number().nullable(), mae: z.number().nullable(), max: z.number().nullable() });
const metricsSchema = z.record(
  z.string(),
  z.object({ total: z.object({ energy: totalSchema, forces: totalSchema, virial: totalSchema, forceAmplitude: totalSchema.optional(), forceAngle: totalSchema.optional() }) }),
);

const metricRows = [
  { key: "energy", quantity: "energy", unit: "eV/atom" },
  { key: "forces", quantity: "forces", unit: "eV/Å" },
  { key: "forceAmplitude", quantity: "force amplitude", unit: "eV/Å" },
  { key: "forceAngle", quantity: "force angle", unit: "rad" },
  { key: "virial", quantity: "virial", unit: "eV/atom" },
] as const;

/** The errors that pestle fit stored, in total; nothing for models that have none. */
function describeMetrics(metrics: unknown): string[] {
  const result = metricsSchema.safeParse(metrics);
  if (!result.success) return [];
  const header = ["errors", "quantity", "values", "RMSE", "MAE", "max", "unit"];
  const rows = Object.entries(result.data).flatMap(([part, { total }]) =>
    metricRows.flatMap(({ key, quantity, unit }) => {
      const errors = total[key];
      // models of earlier versions have none of amplitudes and angles
      if (!errors) return [];
      const numbers = [errors.rmse, errors.mae, errors.max].map((value) => formatNumber(value ?? NaN, 5));
      return [[part, quantity, String(errors.count), ...numbers, unit]];
    }),
  );
  return [formatTable([header, ...rows])];
}

/** Numbers of a list that are shown. */
const SHOWN = 8;

/** Plain data with long lists of numbers cut: a `standardization` has one for each column. */
function abbreviated(value: unknown): unknown {
  if (Array.isArray(value)) {
    const isLong = value.length > SHOWN && value.every((item) => typeof item === "number");
    return isLong ? `${value.length} numbers: ${value.slice(0, 3).join(", ")}, …` : value.map(abbreviated);
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, abbreviated(item)]));
}

function indent(text: string): string {
  return text.trimEnd().replace(/^/gm, "  ");
}
