import { InvalidParameterError, InvalidStructureError } from "../../../errors.js";
import { checkStructure } from "../../check-structure.js";
import { symbolOf } from "../../periodic-table.js";
import type { AtomInfo, ColumnSource, InfoValue, Structure } from "../../structure.js";
import { TRANSPOSED } from "../../tensor.js";
import type { FormatStructureOptions, PredictedValues } from "../format.js";
import { columnsToWrite } from "./columns.js";
import { FORMAT_NAME, isColumnName, letterOf } from "./properties.js";
import { hasVolume, stressOfVirial, tensorOf, virialOfStress } from "./tensor-value.js";
import { interpretText } from "./value.js";

/** Text that needs no quotes. */
const PLAIN = /^[^\s"'{}[\]=\\,]+$/;

const RESERVED = ["lattice", "properties", "pbc"];

/**
 * One frame as text, ended by a line break. Every number is written with the fewest digits that give the same bits back.
 * @throws {InvalidStructureError} for a structure that cannot be read again; {InvalidParameterError} when two values want one key
 */
export function formatStructure(structure: Structure, options: FormatStructureOptions = {}, predictions: PredictedValues = {}): string {
  checkStructure(structure);
  const columns = collectColumns(structure, options, predictions);
  return `${structure.atomicNumbers.length}\n${formatComment(structure, options, predictions, columns)}\n${formatRows(columns, structure)}`;
}

type WrittenColumn = Pick<AtomInfo, "name" | "type" | "width"> & { readonly values: ArrayLike<number> | readonly string[] };

function collectColumns(structure: Structure, options: FormatStructureOptions, predictions: PredictedValues): WrittenColumn[] {
  const { atomicNumbers, positions, targets, label } = structure;
  const nAtoms = atomicNumbers.length;
  const prefix = options.predictionPrefix ?? "pestle_";
  const columns: WrittenColumn[] = [
    { name: "species", type: "text", width: 1, values: Array.from(atomicNumbers, symbolOf) },
    { name: "pos", type: "real", width: 3, values: positions },
  ];
  const forcesKey = options.keys?.forces ?? ownSource(structure)?.targetKeys?.forces ?? "forces";
  if (targets.forces) columns.push({ name: forcesKey, type: "real", width: 3, values: targets.forces });
  const predicted: WrittenColumn[] = [];
  const { forces, localEnergies, localVariances, uncertainties, extrapolationGrades, committeeSpreads, domains, forceDeviations } = predictions;
  if (forces) predicted.push({ name: `${prefix}forces`, type: "real", width: 3, values: forces });
  if (localEnergies) predicted.push({ name: `${prefix}local_energy`, type: "real", width: 1, values: localEnergies });
  if (localVariances) predicted.push({ name: `${prefix}local_variance`, type: "real", width: 1, values: localVariances });
  if (uncertainties) predicted.push({ name: `${prefix}uncertainty`, type: "real", width: 1, values: uncertainties });
  if (extrapolationGrades) predicted.push({ name: `${prefix}grade`, type: "real", width: 1, values: extrapolationGrades });
  if (committeeSpreads) predicted.push({ name: `${prefix}spread`, type: "real", width: 1, values: committeeSpreads });
  if (domains) predicted.push({ name: `${prefix}domain`, type: "text", width: 1, values: domains });
  if (forceDeviations) predicted.push({ name: `${prefix}forces_std`, type: "real", width: 3, values: forceDeviations });
  // predictions of an earlier run give way to those of this one
  const kept = [...columnsToWrite(structure, "atom").map(({ key, ...column }) => ({ name: key, ...column })), ...structure.atomInfo];
  columns.push(...kept.filter(({ name }) => !predicted.some((column) => column.name === name)), ...predicted);
  for (const [index, { name, width, values }] of columns.entries()) {
    if (columns.findIndex((other) => other.name === name) < index) refuseClash(label, "columns", name, name === forcesKey ? "forces" : "");
    if (!isColumnName(name)) throw new InvalidStructureError(`${label}: a column cannot be called "${name}"`);
    if (values.length !== nAtoms * width) {
      throw new InvalidStructureError(`${label}: column ${name} has ${values.length} values; ${nAtoms} atoms need ${nAtoms * width}`);
    }
  }
  return columns;
}

/** What this format said of the structure when it was read. */
function ownSource({ source }: Structure): Structure["source"] {
  return source?.format === FORMAT_NAME ? source : undefined;
}

/** @param option renames the reference value that is one of them; "" if none is */
function refuseClash(label: string, what: string, name: string, option: string): never {
  const remedy = option === "" ? "rename one of them" : `choose another name for the reference with keys.${option}`;
  throw new InvalidParameterError(`${label}: two ${what} would be called "${name}"; ${remedy}`);
}

function formatComment(structure: Structure, options: FormatStructureOptions, predictions: PredictedValues, columns: readonly WrittenColumn[]): string {
  const { cell, pbc, targets, configType, info, label } = structure;
  const { targetKeys, realKeys } = ownSource(structure) ?? {};
  const prefix = options.predictionPrefix ?? "pestle_";
  const parts = new Map<string, string>();
  const add = (key: string, text: string, option: string): void => {
    if (parts.has(key)) refuseClash(label, "values", key, option);
    parts.set(key, text);
  };
  if (cell) add("Lattice", `"${Array.from(cell, formatReal).join(" ")}"`, "");
  add("Properties", formatLabel(columns.map(({ name, type, width }) => `${name}:${letterOf(type)}:${width}`).join(":")), "");
  if (targets.energy !== undefined) add(options.keys?.energy ?? targetKeys?.energy ?? "energy", formatReal(targets.energy), "energy");
  if (configType !== "") add(options.keys?.configType ?? "config_type", formatLabel(configType), "configType");
  if (targets.virial) add(virialKey(structure, options), formatVirial(structure, targets.virial, options), "virial");
  const predicted = new Map<string, string>();
  if (predictions.energy !== undefined) predicted.set(`${prefix}energy`, formatReal(predictions.energy));
  if (predictions.energyDeviation !== undefined) predicted.set(`${prefix}energy_std`, formatReal(predictions.energyDeviation));
  if (predictions.virial) predicted.set(`${prefix}virial`, formatMatrix(predictions.virial));
  for (const [name, value] of Object.entries(predictions.properties ?? {})) {
    if (predicted.has(prefix + name)) refuseClash(label, "values", prefix + name, "");
    predicted.set(prefix + name, formatReal(value));
  }
  const own = columnsToWrite(structure, "structure");
  for (const { key, type, values } of own) {
    refuseReserved(label, key);
    if (!predicted.has(key)) add(key, formatColumn(values, type), optionFor(key, structure, options));
  }
  for (const [key, value] of info) {
    refuseReserved(label, key);
    if (!predicted.has(key)) add(key, formatValue(value, realKeys?.has(key) ?? false), optionFor(key, structure, options));
  }
  for (const [key, text] of predicted) add(key, text, "energy");
  add("pbc", `"${pbc.map((flag) => (flag ? "T" : "F")).join(" ")}"`, "");
  return [...parts].map(([key, text]) => `${formatLabel(key)}=${text}`).join(" ");
}

function refuseReserved(label: string, key: string): void {
  if (!RESERVED.includes(key.toLowerCase())) return;
  throw new InvalidStructureError(`${label}: a value of its info is called "${key}", which means something else in extended XYZ`);
}

/** Which option renames the target that stands in the way of an info key; "" where a further column does. */
function optionFor(key: string, structure: Structure, options: FormatStructureOptions): string {
  if (structure.info.has(key) && columnsToWrite(structure, "structure").some((column) => column.key === key)) return "";
  if (key === virialKey(structure, options)) return "virial";
  return key === (options.keys?.configType ?? "config_type") ? "configType" : "energy";
}

function virialKey(structure: Structure, options: FormatStructureOptions): string {
  const { virial, targetKeys } = ownSource(structure) ?? {};
  return options.keys?.virial ?? (isWrittenAsRead(structure, options) ? virial!.key : (targetKeys?.virial ?? "virial"));
}

/** Whether the virial stands in the form in which it was read: a stress needs a volume, and another key is that of a virial. */
function isWrittenAsRead(structure: Structure, options: FormatStructureOptions): boolean {
  const own = ownSource(structure)?.virial;
  return own !== undefined && options.keys?.virial === undefined && (!own.isStress || hasVolume(structure.cell));
}

/** As it was read; from the virial where that is another one by now. */
function formatVirial(structure: Structure, virial: Float64Array, options: FormatStructureOptions): string {
  if (!isWrittenAsRead(structure, options)) return formatMatrix(virial);
  const { value, isReal, isStress } = ownSource(structure)!.virial!;
  const read = tensorOf(value);
  const before = read && isStress ? virialOfStress(read, structure.cell!) : read;
  if (before?.every((component, i) => component === virial[i])) return formatValue(value, isReal);
  return formatMatrix(isStress ? stressOfVirial(virial, structure.cell!) : virial);
}

/** A number, or several in quotes; nine are those of a tensor. */
function formatColumn(values: readonly number[], type: ColumnSource["type"]): string {
  const items = type === "logical" ? values.map((value) => value === 1) : values;
  const ordered = items.length === 9 ? TRANSPOSED.map((i) => items[i]) : items;
  const text = ordered.map((item) => formatScalar(item, type === "real")).join(" ");
  return items.length === 1 ? text : `"${text}"`;
}

/** Nine numbers in quotes, which are column by column. */
function formatMatrix(matrix: ArrayLike<number>): string {
  return `"${TRANSPOSED.map((i) => formatReal(matrix[i])).join(" ")}"`;
}

function formatRows(columns: readonly WrittenColumn[], structure: Structure): string {
  const writers = columns.map(({ name, type, values }): ((index: number) => string) => {
    if (type === "logical") return (index) => (values[index] ? "T" : "F");
    if (type === "text") return (index) => checkWord(values[index] as string, name, structure.label);
    return (index) => formatNumber(values[index] as number);
  });
  let text = "";
  for (let atom = 0; atom < structure.atomicNumbers.length; atom++) {
    for (let c = 0; c < columns.length; c++) {
      const { width } = columns[c];
      for (let k = 0; k < width; k++) text += (c + k > 0 ? " " : "") + writers[c](atom * width + k);
    }
    text += "\n";
  }
  return text;
}

function checkWord(text: string, column: string, label: string): string {
  if (text === "" || /\s/.test(text)) throw new InvalidStructureError(`${label}: column ${column} holds "${text}"; its values must be single words`);
  return text;
}

/** Shortest text that gives the same bits back. */
function formatNumber(value: number): string {
  if (Number.isFinite(value)) return Object.is(value, -0) ? "-0" : String(value);
  return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

/** As `formatNumber`, and recognisable as a real: -5.0, not -5. */
function formatReal(value: number): string {
  const text = formatNumber(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

function formatScalar(value: number | boolean, asReal: boolean): string {
  if (typeof value === "boolean") return value ? "T" : "F";
  // as integers, whole numbers beyond 2^53 would be read as text
  return asReal || (Number.isInteger(value) && !Number.isSafeInteger(value)) ? formatReal(value) : formatNumber(value);
}

function formatValue(value: InfoValue, asReal: boolean): string {
  if (typeof value === "string") return formatText(value);
  if (typeof value === "number" || typeof value === "boolean") return formatScalar(value, asReal);
  if (Array.isArray(value) && value.length > 1) {
    if (value.every((item) => typeof item === "number") || value.every((item) => typeof item === "boolean")) {
      return `"${value.map((item) => formatScalar(item, asReal)).join(" ")}"`;
    }
  }
  return quote(`_JSON ${formatJson(value, asReal)}`);
}

function formatJson(value: InfoValue, asReal: boolean): string {
  if (typeof value === "number") {
    if (Number.isFinite(value)) return formatScalar(value, asReal);
    return Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
  }
  if (Array.isArray(value)) return `[${value.map((item) => formatJson(item, asReal)).join(", ")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${formatJson(item, asReal)}`);
  return `{${entries.join(", ")}}`;
}

/** A text in the plainest form that is read back as the same text. */
function formatText(text: string): string {
  const isSafe = interpretText(text).value === text && !/[\p{Cc}\p{Surrogate}\u2028\u2029]/u.test(text);
  if (isSafe) return formatLabel(text);
  return quote(`_JSON ${JSON.stringify(text)}`);
}

/** Keys, and the group of a frame, which is text whatever it looks like. */
function formatLabel(text: string): string {
  return PLAIN.test(text) ? text : quote(text);
}

function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n")}"`;
}
