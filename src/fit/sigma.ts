import { z } from "zod";
import type { Dataset } from "../structures/dataset.js";

const sigmaShape = {
  /** eV/atom (eV with perAtom: false) */
  energy: z.number().positive().optional(),
  /** eV/Å */
  forces: z.number().positive().optional(),
  /** eV/atom (eV with perAtom: false) */
  virial: z.number().positive().optional(),
};

/**
 * `fit.sigma` of every trainer that weighs its targets: expected errors of the reference values (standard deviations): the smaller, the
 * closer the fit follows the data. Targets without a σ are not fitted.
 */
export const sigmaSchema = z
  .strictObject({
    ...sigmaShape,
    /** Whether energy and virial σ are per atom, so that σ of a structure grows with √nAtoms, or of the structure as it is. */
    perAtom: z.boolean().default(true),
    /** Other σ for groups of structures, by config_type. */
    configTypes: z.record(z.string(), z.strictObject(sigmaShape)).default({}),
  })
  .default({ energy: 0.01, forces: 0.05, perAtom: true, configTypes: {} });

/** The same with its defaults. */
export type SigmaOptions = z.output<typeof sigmaSchema>;

const targets = ["energy", "forces", "virial"] as const;

/** A part of the training data that a fit is to use, and what of it. */
export interface PartialData {
  readonly whole: Dataset;
  readonly part: Dataset;
  /** Forces and virials are left out. */
  readonly energiesOnly: boolean;
}

/**
 * σ for a part of the data: those of targets and groups that only structures outside the part have are left out; those that the whole
 * data does not have remain, so that the fit reports them.
 * @returns undefined when only energies are to be fitted and there is no σ for them
 */
export function sigmaOnPart(sigma: SigmaOptions, { whole, part, energiesOnly }: PartialData): SigmaOptions | undefined {
  if (energiesOnly && sigma.energy === undefined) return undefined;
  return restrict(energiesOnly ? ofEnergies(sigma) : sigma, whole, part);
}

/** Whether any structure has derivatives of the energy to be fitted to. */
export function needsDerivatives(sigma: SigmaOptions): boolean {
  return [sigma, ...Object.values(sigma.configTypes)].some(({ forces, virial }) => forces !== undefined || virial !== undefined);
}

function ofEnergies({ energy, perAtom, configTypes }: SigmaOptions): SigmaOptions {
  const groups = Object.entries(configTypes).map(([name, own]) => [name, own.energy === undefined ? {} : { energy: own.energy }]);
  return { energy, perAtom, configTypes: Object.fromEntries(groups) as SigmaOptions["configTypes"] };
}

function restrict(sigma: SigmaOptions, whole: Dataset, part: Dataset): SigmaOptions {
  if (whole === part) return sigma;
  const lost = targets.filter((target) => sigma[target] !== undefined && hasTarget(whole, target) && !hasTarget(part, target));
  const [known, present] = [new Set(whole.configTypes), new Set(part.configTypes)];
  const groups = Object.entries(sigma.configTypes).filter(([name]) => present.has(name) || !known.has(name));
  return { ...sigma, ...Object.fromEntries(lost.map((target) => [target, undefined])), configTypes: Object.fromEntries(groups) };
}

function hasTarget({ report }: Dataset, target: (typeof targets)[number]): boolean {
  return { energy: report.energies, forces: report.forceComponents, virial: report.virials }[target] > 0;
}
