import type { Dataset } from "../../structures/dataset.js";
import type { SigmaOptions } from "../sigma.js";
import { sigmaOf } from "../structure-sigma.js";
import type { FitTable } from "../fit-summary.js";

/** What the rows of one kind of targets weigh together. */
export interface ClassWeights {
  /** 1/eV² */
  readonly energies: number;
  /** Å²/eV² */
  readonly forces: number;
  /** 1/eV² */
  readonly virials: number;
}

/** Σ w² of each kind, w = 1/σ, energies and virials those of whole structures. */
export function squaredWeights(dataset: Dataset, sigma: SigmaOptions): ClassWeights {
  const sums = { energies: 0, forces: 0, virials: 0 };
  for (let i = 0; i < dataset.nStructures; i++) {
    const { energy, forces, virial } = sigmaOf(dataset, i, sigma);
    if (energy !== null) sums.energies += energy ** -2;
    if (forces !== null) sums.forces += forces.values.reduce((sum, value) => sum + value ** -2, 0);
    if (virial !== null) sums.virials += virial.reduce((sum, value) => sum + value ** -2, 0);
  }
  return sums;
}

/** The weights as a table of a report. */
export function weightsTable({ energies, forces, virials }: ClassWeights): FitTable {
  const rows = [
    ["energies", "total energy, eV", energies],
    ["forces", "component, eV/Å", forces],
    ["virials", "component of the structure, eV", virials],
  ] as const;
  return {
    title: "Weights of the rows",
    columns: ["rows", "of", "Σ w² (w = 1/σ)"],
    rows: rows.filter(([, , sum]) => sum > 0).map(([name, of, sum]) => [name, of, sum.toPrecision(4)]),
  };
}

/** What the data say of σ; a kind of targets that was given none is absent. */
export interface EvidenceSigma {
  /** eV/atom, or eV where σ are not per atom */
  readonly energy?: number;
  /** eV/Å */
  readonly forces?: number;
  /** eV/atom, or eV where σ are not per atom */
  readonly virial?: number;
}

/** σ times σ_ε, the noise of the weighted rows: the ratio between kinds of targets is what was given. */
export function evidenceSigma(sigma: SigmaOptions, noiseVariance: number | undefined): EvidenceSigma | undefined {
  if (noiseVariance === undefined) return undefined;
  const noise = Math.sqrt(noiseVariance);
  const given = (["energy", "forces", "virial"] as const).filter((name) => sigma[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, noise * sigma[name]!]));
}

/** For the report. */
export function evidenceTable(sigma: SigmaOptions, evidence: EvidenceSigma): FitTable {
  const ofStructure = sigma.perAtom ? "eV/atom" : "eV";
  const rows = [
    ["energy", ofStructure],
    ["forces", "eV/Å"],
    ["virial", ofStructure],
  ] as const;
  return {
    title: "σ of the reference values",
    columns: ["of", "unit", "as given", "by the residuals (times the noise)"],
    rows: rows.flatMap(([name, unit]) => (evidence[name] === undefined ? [] : [[name, unit, sigma[name]!, evidence[name].toPrecision(4)]])),
  };
}
