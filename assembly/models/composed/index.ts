// Composed potentials: energies, forces and virial of one structure.
import { recordAt } from "../../records";
import { OK } from "../../status";
import { featureAdjoints, pairSlopes, siteFeatures } from "./features";
import { ComposedPairs, ComposedProgram, ComposedTerm } from "./records";
import { scatterPairs } from "./scatter";
import { termAdjoints, termEnergies } from "./terms";

export { composedColumn } from "./column";
export { composedLayout } from "./layout";
export { composedPairs } from "./pairs";
export { composedRows } from "./rows";

/**
 * @param program ComposedProgram, whose arrays `composedLayout` has placed
 * @param pairs ComposedPairs
 * @param energies f64 [1 + nActive], eV, written: their sum, then those of the sites
 * @param forces f64 [nSites × 3], eV/Å, added to; 0: skipped, and the virial with them
 * @param virial f64 [9], eV, row-major, added to; 0: skipped
 */
export function composedEvaluate(program: usize, pairs: usize, energies: usize, forces: usize, virial: usize): i32 {
  const all = changetype<ComposedProgram>(program);
  const sites = changetype<ComposedPairs>(pairs);
  siteFeatures(all, sites);
  const status = termEnergies(all, sites);
  if (status != OK) return status;
  writeEnergies(all, sites, energies);
  if (!forces && !all.hasTangents) return OK;
  termAdjoints(all, sites);
  featureAdjoints(all, sites);
  if (!forces) return OK;
  const isKept = sites.nPairs <= all.blockPairs;
  for (let first = 0; first < sites.nPairs; first += all.blockPairs) {
    const last = min(sites.nPairs, first + all.blockPairs);
    const stride = <usize>(last - first) << 3;
    pairSlopes(all, sites, first, last, stride, isKept);
    scatterPairs(all, sites, first, last, stride, forces, virial);
  }
  return OK;
}

function writeEnergies(all: ComposedProgram, sites: ComposedPairs, energies: usize): void {
  const root = recordAt<ComposedTerm>(all.terms, 0).energies;
  let sum: f64 = 0;
  for (let i: usize = 0; i < <usize>sites.nActive; i++) {
    const energy = load<f64>(root + (i << 3)) + load<f64>(all.atomEnergies + (<usize>load<i32>(sites.species + (i << 2)) << 3));
    store<f64>(energies + (i << 3), energy, 8);
    sum += energy;
  }
  store<f64>(energies, sum);
}
