import { FormatError } from "../../errors.js";
import { symbolOf } from "../../structures/periodic-table.js";
import { elements } from "./xml.js";

/** φ of a pair of species of `IP Glue`, as the lines of a pair table. */
export interface GlueTable {
  /** Chemical symbols. */
  readonly species: readonly [string, string];
  /** Å, ascending, above 0 */
  readonly distances: readonly number[];
  /** eV */
  readonly energies: readonly number[];
  /** −dφ/dr, eV/Å */
  readonly forces: readonly number[];
}

/** End slopes from here on mean a natural spline. */
export const NATURAL = 1e30;

/**
 * Pair functions of the `<Glue_params>` in an XML file of QUIP: cubic splines through the points, natural or with the slopes y1 and yn at the
 * ends. A table with the slopes of the spline gives the same function.
 * @returns undefined where the energy is not one of pairs alone: embedding functions that are not 0
 * @throws {FormatError} for a file without pair functions
 */
export function glueTables(xml: string, file: string): GlueTable[] | undefined {
  const glue = elements(xml, "Glue_params").at(0)?.content;
  if (glue === undefined) throw new FormatError({ file }, "there is no <Glue_params> in it");
  const types = elements(glue, "per_type_data");
  const symbols = new Map(types.map(({ attributes }) => [attributes.type, symbolOf(Number(attributes.atomic_num))]));
  const embedding = types.flatMap(({ content }) => elements(content, "potential_density").flatMap((density) => elements(density.content, "point")));
  if (embedding.some(({ attributes }) => Number(attributes.E) !== 0)) return undefined;
  const tables = elements(glue, "per_pair_data").map(({ attributes, content }): GlueTable => {
    const [pair] = elements(content, "potential_pair");
    const species = [attributes.type1, attributes.type2].map((type) => symbols.get(type));
    const points = (pair ? elements(pair.content, "point") : []).map(({ attributes: point }) => [Number(point.r), Number(point.E)]);
    const isAscending = points.every(([r, energy], i) => Number.isFinite(r) && Number.isFinite(energy) && (i === 0 || r > points[i - 1][0]));
    if (!isAscending || points.length < 3 || species.includes(undefined)) throw new FormatError({ file }, `the pair ${attributes.type1} ${attributes.type2} of <Glue_params> cannot be read`);
    const [distances, energies] = [points.map(([r]) => r), points.map(([, energy]) => energy)];
    const slopes = splineSlopes(distances, energies, Number(pair.attributes.y1 ?? NATURAL), Number(pair.attributes.yn ?? NATURAL));
    // a table begins above 0
    const from = distances.findIndex((r) => r > 0);
    return { species: species as [string, string], distances: distances.slice(from), energies: energies.slice(from), forces: slopes.slice(from).map((slope) => -slope) };
  });
  if (tables.length === 0) throw new FormatError({ file }, "<Glue_params> has no <per_pair_data>");
  return tables;
}

/** Lines r φ F. */
export function pairTableText({ species, distances, energies, forces }: GlueTable): string {
  const lines = distances.map((r, i) => `${r} ${energies[i]} ${forces[i]}`);
  return [`# ${species.join(" ")}: r (Å), φ (eV), −dφ/dr (eV/Å)`, ...lines, ""].join("\n");
}

/** Slopes of the cubic spline at its points, from the tridiagonal equations of continuous curvature. */
export function splineSlopes(x: readonly number[], y: readonly number[], first: number, last: number): number[] {
  const n = x.length;
  const rise = (i: number): number => (y[i + 1] - y[i]) / (x[i + 1] - x[i]);
  const rows = x.map((_, i): [number, number, number, number] => {
    if (i === 0) return Math.abs(first) < NATURAL ? [0, 1, 0, first] : [0, 2, 1, 3 * rise(0)];
    if (i === n - 1) return Math.abs(last) < NATURAL ? [0, 1, 0, last] : [1, 2, 0, 3 * rise(n - 2)];
    const [before, after] = [x[i] - x[i - 1], x[i + 1] - x[i]];
    return [after, 2 * (before + after), before, 3 * (after * rise(i - 1) + before * rise(i))];
  });
  for (let i = 1; i < n; i++) {
    const factor = rows[i][0] / rows[i - 1][1];
    rows[i][1] -= factor * rows[i - 1][2];
    rows[i][3] -= factor * rows[i - 1][3];
  }
  const slopes = new Array<number>(n);
  for (let i = n - 1; i >= 0; i--) slopes[i] = (rows[i][3] - (i + 1 < n ? rows[i][2] * slopes[i + 1] : 0)) / rows[i][1];
  return slopes;
}
