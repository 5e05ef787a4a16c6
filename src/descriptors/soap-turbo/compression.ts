import { FormatError, InvalidParameterError } from "../../errors.js";
import { type FeatureLayout, featureLayout, type LayoutOptions, type ProjectionEntry, projectedLayout } from "../power-spectrum/features.js";
import type { TurboCompression } from "./parameters.js";

/** Species, radial functions of each and lMax: what positions in the full vector refer to. */
export interface FullVector {
  readonly nMax: readonly number[];
  readonly lMax: number;
  readonly stride: number;
}

/** What a `compress_file` of GAP says. */
export interface CompressionFile {
  readonly nMax: readonly number[];
  readonly lMax: number;
  readonly compression: TurboCompression;
}

/** Features of soap_turbo: channel pairs of the upper triangle, l fastest, √2 off the diagonal; compressed where asked for. */
export function turboLayout(full: FullVector, compression: TurboCompression): FeatureLayout {
  const options: LayoutOptions = { ...full, order: "upper" };
  switch (compression.mode) {
    case "trivial":
      return featureLayout({ ...options, radialPairs: "first" });
    case "nu": {
      const { nuR, nuS } = compression;
      const left = { species: nuS >= 1, radial: nuR >= 1 };
      const right = { species: nuS === 2, radial: nuR === 2 };
      const addsSpecies = [left, right].some(({ species, radial }) => radial && !species);
      if (addsSpecies && new Set(full.nMax).size > 1) {
        throw new InvalidParameterError(
          `soap-turbo: compression ${nuR}_${nuS} adds the radial functions of different species and needs the same nMax for each, not ${full.nMax.join(", ")}`,
        );
      }
      return featureLayout({ ...options, mix: { left, right, speciesWeights: full.nMax.map(() => 1) } });
    }
    case "features":
      return project(featureLayout(options), compression.keep.map((product, feature) => ({ feature, product, weight: 1 })));
    case "projection":
      return project(featureLayout(options), compression.entries.map(([feature, product, weight]) => ({ feature, product, weight })));
    default:
      return featureLayout(options);
  }
}

function project(layout: FeatureLayout, entries: readonly ProjectionEntry[]): FeatureLayout {
  const nFeatures = 1 + entries.reduce((last, { feature }) => Math.max(last, feature), 0);
  const beyond = entries.find(({ product }) => product >= layout.nProducts);
  if (beyond) {
    throw new InvalidParameterError(
      `soap-turbo: compression asks for position ${beyond.product} of a vector with ${layout.nProducts} components; positions count from 0`,
    );
  }
  const used = new Set(entries.map(({ feature }) => feature));
  if (used.size < nFeatures) {
    const missing = Array.from({ length: nFeatures }, (_, feature) => feature).find((feature) => !used.has(feature));
    throw new InvalidParameterError(`soap-turbo: compression has no entry for feature ${missing}, but for later ones; features count from 0`);
  }
  return projectedLayout(layout, nFeatures, entries);
}

/**
 * Reads the text of a `compress_file` of GAP: number of radial functions of each species, l_max and number of features; then the
 * positions that are kept, counted from 1, or `P_transformation`, lines of feature, position and weight, and `end_transformation`.
 * @throws {FormatError} where the text is something else
 */
export function parseCompressionFile(text: string, file: string): CompressionFile {
  const words = text.split(/\s+/u).filter(Boolean);
  const start = words.findIndex((word) => /transformation/iu.test(word));
  const lines = text.split("\n").map((line) => line.trim()).filter(Boolean);
  const header = (lines[0] ?? "").split(/\s+/u).map(Number);
  if (header.length < 3 || !header.every((value) => Number.isInteger(value) && value >= 0)) {
    throw new FormatError({ file, line: 1 }, "expected whole numbers: radial functions of each species, l_max, number of features");
  }
  const count = header.at(-1)!;
  const lMax = header.at(-2)!;
  const nMax = header.slice(0, -2);
  const integers = (from: readonly string[]): number[] => from.map((word) => positionOf(word, file));
  if (start < 0) {
    const keep = integers(words.slice(header.length));
    if (keep.length !== count) throw new FormatError({ file }, `${keep.length} positions, but the first line announces ${count}`);
    return { nMax, lMax, compression: { mode: "features", keep } };
  }
  const end = words.findIndex((word) => /^end_transformation$/iu.test(word));
  const numbers = words.slice(start + 1, end < 0 ? undefined : end);
  if (end < 0 || numbers.length % 3 !== 0) throw new FormatError({ file }, "expected lines of feature, position and weight up to end_transformation");
  const entries = Array.from({ length: numbers.length / 3 }, (_, i): [number, number, number] => {
    const [feature, product] = integers(numbers.slice(3 * i, 3 * i + 2)) as [number, number];
    const weight = Number(numbers[3 * i + 2].replace(/[dD]/u, "e"));
    if (!Number.isFinite(weight) || feature >= count) throw new FormatError({ file }, `entry ${i + 1} is not a feature up to ${count}, a position and a weight`);
    return [feature, product, weight];
  });
  return { nMax, lMax, compression: { mode: "projection", entries } };
}

/** Positions count from 1 in the file and from 0 here. */
function positionOf(word: string, file: string): number {
  const value = Number(word);
  if (!Number.isInteger(value) || value < 1) throw new FormatError({ file }, `"${word}" is no position; they are whole numbers from 1`);
  return value - 1;
}
