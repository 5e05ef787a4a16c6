import { InvalidParameterError } from "../../errors.js";
import { validate } from "../../validation.js";
import type { DataStatistics, Descriptor } from "../descriptor.js";
import { type AcsfGrid, acsfGridSchema, type AcsfParameters, FROM_DATA } from "./parameters.js";

type Radial = AcsfParameters["g2"][number];
type Angular = AcsfParameters["g4"][number];

/** Lists of symmetry functions, as parameters of `acsf` have them. */
export type AcsfLists = Pick<AcsfParameters, "g2" | "g4" | "g5" | "weightedRadial" | "weightedAngular">;

/**
 * Symmetry functions on a standard grid: Imbalzano et al., J. Chem. Phys. 148, 241730 (2018), §II, doi:10.1063/1.5024611, or Gastegger et al.,
 * J. Chem. Phys. 148, 241709 (2018), doi:10.1063/1.5019667.
 * @param radius Å: the cutoff
 * @param options see `pestle schema describe`, `grid` of acsf
 * @throws {InvalidParameterError} where the grid is empty, has two equal functions, or begins with a distance that is to come from data
 */
export function acsfGrid(radius: number, options: Partial<AcsfGrid> = {}): AcsfLists {
  const grid = validate(acsfGridSchema, options, { what: "acsf: grid" });
  const widths = centered(grid, radius, grid.angular, "angular");
  const radial = [
    ...(grid.placement === "shifted" ? [] : centered(grid, radius, grid.radial, "radial")),
    ...(grid.placement === "centered" ? [] : shifted(grid, radius)),
  ];
  const angular = widths.flatMap(({ eta }) => grid.zeta.flatMap((zeta): Angular[] => [1, -1].map((lambda) => ({ eta, zeta, lambda, shift: 0 }))));
  if (radial.length + angular.length === 0) throw new InvalidParameterError("acsf: grid.radial and grid.angular are both 0; a grid needs functions");
  const lists: AcsfLists = { g2: [], g4: [], g5: [], weightedRadial: [], weightedAngular: [] };
  if (!grid.weighted) return { ...lists, g2: radial, [grid.angularKind]: angular };
  if (grid.angularKind === "g5") throw new InvalidParameterError("acsf: weighted angular functions are narrow; leave grid.angularKind out");
  return { ...lists, weightedRadial: radial, weightedAngular: angular };
}

/** Gaussians at the center. Imbalzano: η_m = (n^{m/n} / r_c)², m = 0 … n; Gastegger: η = 1/(2 r²) for equidistant r. */
function centered(grid: AcsfGrid, radius: number, count: number, name: string): Radial[] {
  if (grid.rule === "gastegger") return distances(grid, radius, count).map((r) => ({ eta: 1 / (2 * r * r), shift: 0 }));
  const n = count - 1;
  if (n === 1) throw new InvalidParameterError(`acsf: grid.${name} is 2; the two centered functions of Imbalzano's rule are equal: use 1, or at least 3`);
  return range(count).map((m) => ({ eta: ((n === 0 ? 1 : n ** (m / n)) / radius) ** 2, shift: 0 }));
}

/** Gaussians that touch their neighbors. Imbalzano: r_m = r_c / n^{m/n}, η_m = 1/(r_{m−1} − r_m)², m = n … 1; Gastegger: equidistant. */
function shifted(grid: AcsfGrid, radius: number): Radial[] {
  const n = grid.radial;
  if (n === 1) throw new InvalidParameterError("acsf: grid.radial is 1; shifted functions have their distances as width, so there must be two at least");
  if (grid.rule === "gastegger") {
    const shifts = distances(grid, radius, n);
    return shifts.map((r) => ({ eta: 1 / (2 * (shifts[1] - shifts[0]) ** 2), shift: r }));
  }
  const place = (m: number): number => radius / n ** (m / n);
  return range(n).map((i) => ({ eta: (place(n - i - 1) - place(n - i)) ** -2, shift: place(n - i) }));
}

const endOf = (to: number | undefined, radius: number): number => to ?? radius - 0.5;

/**
 * The grid as it will be once its first distance is known: with as many functions, at distances that are not the right ones.
 * @throws {InvalidParameterError} where the rule has no first distance
 */
export function provisionalGrid(grid: AcsfGrid, radius: number): AcsfGrid {
  if (grid.rule !== "gastegger") throw new InvalidParameterError(`acsf: grid.from is ${FROM_DATA}, but the grid of rule ${grid.rule} begins where the cutoff says: leave it out`);
  return { ...grid, from: endOf(grid.to, radius) / 2 };
}

/**
 * The grid from the shortest distance in the data on.
 * @throws {InvalidParameterError} where no two atoms are within the cutoff
 */
export async function gridForData(grid: AcsfGrid, radius: number, data: Pick<DataStatistics<Descriptor>, "shortestDistance">): Promise<AcsfGrid> {
  const shortest = await data.shortestDistance(radius);
  if (shortest === undefined) {
    throw new InvalidParameterError(`acsf: grid.from is ${FROM_DATA}, but no two atoms of the data are within cutoff.radius, ${radius} Å: give a number`);
  }
  return { ...grid, from: Math.max(1, Math.floor(100 * shortest)) / 100 };
}

function distances({ from, to: given }: AcsfGrid, radius: number, count: number): number[] {
  const to = endOf(given, radius);
  if (from === FROM_DATA) throw new InvalidParameterError(`acsf: grid.from is ${FROM_DATA}, and no data have been seen: learnFromData gives it, or write a number`);
  if (!(from < to && to <= radius)) {
    throw new InvalidParameterError(`acsf: grid goes from ${from} Å to ${to} Å; it must ascend and end within cutoff.radius, ${radius} Å`);
  }
  return range(count).map((i) => from + (count > 1 ? (i * (to - from)) / (count - 1) : 0));
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
