import type { Cost, Extrapolation } from "./comparison.js";

const HOUR = 3600;

/** What much larger data will take, by simple proportion: as long as structures are like those of the sample. */
export function predictionsOf(cost: Cost, atomsPerStructure: number): Extrapolation[] {
  const perAtom = (seconds: number): number => (cost.unit === "environment" ? seconds : seconds / Math.max(1, cost.atomsPerUnit));
  const neighbors = cost.neighbors?.median ?? 0;
  const atoms = 1e6;
  const inStructures = 1e5 * atomsPerStructure;
  const bytesPerAtom = perAtom(cost.bytes.row);
  const of = (what: string, count: number, seconds: number, bytes: number): Extrapolation => ({ what, hours: (count * perAtom(seconds + neighbors)) / HOUR, bytes });
  return [
    of("10⁶ atoms: rows, all kept", atoms, cost.values.median, atoms * bytesPerAtom),
    of("10⁶ atoms: forces, one step of dynamics", atoms, cost.backward.median, cost.peakBytes),
    of("10⁵ structures like these: rows, all kept", inStructures, cost.values.median, inStructures * bytesPerAtom),
    ...(cost.jacobian ? [of("10⁵ structures like these: rows and every derivative, block by block", inStructures, cost.jacobian.median, cost.peakBytes)] : []),
  ];
}
