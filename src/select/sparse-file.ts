import { readFile } from "node:fs/promises";
import { FormatError, InvalidParameterError } from "../errors.js";
import { parseNpy } from "../npy.js";
import { reasonOf } from "../system-error.js";

/** Sparse points as read: row-major values and the number of points. */
export interface SparsePoints {
  /** f64 [count × nFeatures] */
  readonly values: Float64Array;
  /** Number of points. */
  readonly count: number;
}

/** How the numbers of a file stand. */
export interface SparseFileOptions {
  /** Each point begins with its cutoff, as files that gap_fit reads have it; default: points are rows of features */
  readonly layout?: "gap-fit" | undefined;
  /** Whether rows end with their weight, which is GAP's cutoff. */
  readonly weighsRows?: boolean;
}

/**
 * Reads sparse points of a known number of features. By extension: `.npy` (2-D float64, C order), `.json` (array of rows); anything
 * else is text with numbers between white space, point after point, as QUIP writes its `sparseX` files. A trailing extra component
 * per point (QUIP's `covariance_sigma0`) is dropped.
 * @throws {FormatError} when the file is not of its format or the number of components does not fit the descriptor
 */
export async function readSparsePoints(path: string, nFeatures: number, { layout, weighsRows = false }: SparseFileOptions = {}): Promise<SparsePoints> {
  let content: Buffer;
  try {
    content = await readFile(path);
  } catch (error) {
    throw new InvalidParameterError(`cannot read the sparse points in ${path}: ${reasonOf(error)}`, { cause: error });
  }
  const numbers = path.endsWith(".npy") ? parseNpy(content, path).values : path.endsWith(".json") ? parseJson(path, content) : parseText(path, content);
  numbers.forEach((value, index) => {
    if (!Number.isFinite(value)) throw new FormatError({ file: path }, `number ${index + 1} is ${value}; sparse points must be finite`);
  });
  if (layout === undefined) return dropExtraComponent(path, numbers, nFeatures);
  return weighsRows ? cutoffsBehind(path, numbers, nFeatures) : withoutCutoffs(path, numbers, nFeatures);
}

/** Cutoffs of the points, which come first there, as the weights at the end. */
function cutoffsBehind(path: string, numbers: Float64Array, nFeatures: number): SparsePoints {
  if (numbers.length === 0 || numbers.length % nFeatures !== 0) throw wrongCount(path, numbers.length, `a cutoff and ${nFeatures - 1} coordinates`);
  const values = new Float64Array(numbers.length);
  for (let row = 0; row < numbers.length; row += nFeatures) {
    if (!(numbers[row] >= 0 && numbers[row] <= 1)) throw noCutoff(path, row, numbers[row], "between 0 and 1");
    values.set(numbers.subarray(row + 1, row + nFeatures), row);
    values[row + nFeatures - 1] = numbers[row];
  }
  return { values, count: numbers.length / nFeatures };
}

/** Environments have the cutoff 1, and may have a last component that is the same for all. */
function withoutCutoffs(path: string, numbers: Float64Array, nFeatures: number): SparsePoints {
  const widths = [nFeatures + 1, nFeatures + 2].filter((width) => numbers.length > 0 && numbers.length % width === 0);
  if (widths.length === 0) throw wrongCount(path, numbers.length, `a cutoff and ${nFeatures} features (one more with QUIP's last)`);
  const wrongRow = (width: number): number => Array.from({ length: numbers.length / width }, (_, i) => i * width).find((row) => numbers[row] !== 1) ?? -1;
  const width = widths.find((candidate) => wrongRow(candidate) < 0 && (candidate === nFeatures + 1 || hasConstantTail(numbers, candidate)));
  if (width === undefined) {
    const row = Math.max(0, wrongRow(widths[0]));
    throw noCutoff(path, row, numbers[row], "1");
  }
  const count = numbers.length / width;
  const values = new Float64Array(count * nFeatures);
  for (let i = 0; i < count; i++) values.set(numbers.subarray(i * width + 1, i * width + 1 + nFeatures), i * nFeatures);
  return { values, count };
}

function wrongCount(path: string, count: number, point: string): FormatError {
  return new FormatError({ file: path }, `${count} numbers are no whole number of points with ${point}; the descriptor of the fit must be the one they were made with`);
}

function noCutoff(path: string, index: number, value: number, allowed: string): FormatError {
  return new FormatError({ file: path }, `number ${index + 1} is ${value}; each point begins with its cutoff, which must be ${allowed}: leave out layout: gap-fit if points have none before them`);
}

function dropExtraComponent(path: string, numbers: Float64Array, nFeatures: number): SparsePoints {
  const isPlain = numbers.length % nFeatures === 0;
  const isExtended = numbers.length % (nFeatures + 1) === 0;
  if (numbers.length === 0 || (!isPlain && !isExtended)) {
    throw new FormatError(
      { file: path },
      `${numbers.length} numbers are no whole number of points with ${nFeatures} features; the descriptor of the fit must be the one they were made with`,
    );
  }
  if (isPlain && !(isExtended && hasConstantTail(numbers, nFeatures + 1))) return { values: numbers, count: numbers.length / nFeatures };
  const count = numbers.length / (nFeatures + 1);
  const values = new Float64Array(count * nFeatures);
  for (let i = 0; i < count; i++) values.set(numbers.subarray(i * (nFeatures + 1), i * (nFeatures + 1) + nFeatures), i * nFeatures);
  return { values, count };
}

/** The extra component is the same for all points, which an ordinary feature never is. */
function hasConstantTail(numbers: Float64Array, width: number): boolean {
  for (let i = width - 1; i < numbers.length; i += width) if (numbers[i] !== numbers[width - 1]) return false;
  return true;
}

function parseText(path: string, content: Buffer): Float64Array {
  const words = content.toString("utf8").split(/\s+/u).filter(Boolean);
  return Float64Array.from(words, (word, index) => {
    const value = Number(word.replace(/[dD]/u, "e"));
    if (Number.isNaN(value)) throw new FormatError({ file: path }, `word ${index + 1} is "${word.slice(0, 40)}"; only numbers are allowed`);
    return value;
  });
}

function parseJson(path: string, content: Buffer): Float64Array {
  let value: unknown;
  try {
    value = JSON.parse(content.toString("utf8"));
  } catch (error) {
    throw new FormatError({ file: path }, `not JSON: ${(error as Error).message}`, { cause: error });
  }
  const flat = Array.isArray(value) ? (value as unknown[]).flat() : undefined;
  if (!flat?.every((item) => typeof item === "number")) {
    throw new FormatError({ file: path }, "expected an array with one array of numbers per sparse point");
  }
  return Float64Array.from(flat);
}
