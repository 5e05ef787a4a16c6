import { InvalidParameterError } from "../../../errors.js";
import type { PairTable, PairTableModel } from "../../../models/pair/table.js";
import { symbolOf } from "../../../structures/periodic-table.js";
import { splineSlopes } from "../glue-tables.js";

/** Deviation of a slope from that of the spline, as a share of the largest. */
const TOLERANCE = 1e-9;

/**
 * `<Glue_params>` of pair functions in tables. QUIP makes cubic splines of the points, with the slopes at the ends.
 * @throws {InvalidParameterError} where slopes in between are others
 */
export function coreXml({ species, pairs, cutoff }: PairTableModel): string {
  const type = (atomicNumber: number): number => species.indexOf(atomicNumber) + 1;
  const types = species.map((atomicNumber) => [
    `  <per_type_data type="${type(atomicNumber)}" atomic_num="${atomicNumber}">`,
    '    <density num_points="2" density_y1="0" density_yn="0"><point a="0" rho="0"/><point a="1" rho="0"/></density>',
    '    <potential_density num_points="2" y1="0" yn="0"><point rho="0" E="0"/><point rho="1" E="0"/></potential_density>',
    "  </per_type_data>",
  ]);
  const tables = pairs.map((pair) => [
    `  <per_pair_data type1="${type(pair.species[0])}" type2="${type(pair.species[1])}">`,
    `    <potential_pair num_points="${pair.distances.length}" y1="${-pair.forces[0]}" yn="${-pair.forces[pair.forces.length - 1]}">`,
    ...Array.from(pair.distances, (r, i) => `      <point r="${r}" E="${pair.energies[i]}"/>`),
    "    </potential_pair>",
    "  </per_pair_data>",
  ]);
  pairs.forEach(requireSpline);
  return [`<Glue_params n_types="${species.length}" cutoff="${cutoff}">`, ...types.flat(), ...tables.flat(), "</Glue_params>"].join("\n");
}

function requireSpline({ species, distances, energies, forces }: PairTable): void {
  const last = forces.length - 1;
  const slopes = splineSlopes([...distances], [...energies], -forces[0], -forces[last]);
  const largest = forces.reduce((most, force) => Math.max(most, Math.abs(force)), 0);
  const deviation = forces.reduce((most, force, i) => Math.max(most, Math.abs(force + slopes[i])), 0);
  if (deviation <= TOLERANCE * largest) return;
  throw new InvalidParameterError(
    `the pair table of ${species.map(symbolOf).join(" and ")} has forces that are not those of the cubic spline which QUIP makes of it, by up to ${deviation.toPrecision(2)} eV/Å: give a finer table, and take the slopes of its spline`,
  );
}
