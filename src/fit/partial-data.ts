import type { Dataset } from "../structures/dataset.js";
import type { SigmaOptions } from "./sigma.js";
import { fittedTargets } from "./targets.js";

const targets = ["energy", "forces", "virial"] as const;

/** A part of the training data that a fit is to use, and what of it. */
export interface PartialData {
  /** All of the training data; decides which targets and groups exist. */
  readonly whole: Dataset;
  /** The structures of it that are fitted to. */
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
  if (energiesOnly && sigma.energy === undefined && sigma.columns?.energy === undefined) return undefined;
  return restrict(energiesOnly ? ofEnergies(sigma) : sigma, whole, part);
}

function ofEnergies({ energy, perAtom, configTypes, columns, masks }: SigmaOptions): SigmaOptions {
  const groups = Object.entries(configTypes).map(([name, own]) => [name, own.energy === undefined ? {} : { energy: own.energy }]);
  return {
    energy,
    perAtom,
    configTypes: Object.fromEntries(groups) as SigmaOptions["configTypes"],
    ...(columns?.energy !== undefined && { columns: { energy: columns.energy } }),
    ...(masks?.energy !== undefined && { masks: { energy: masks.energy } }),
  };
}

function restrict(sigma: SigmaOptions, whole: Dataset, part: Dataset): SigmaOptions {
  if (whole === part) return sigma;
  const [inWhole, inPart] = [fittedTargets(whole, sigma), fittedTargets(part, sigma)];
  const given = targets.filter((target) => (sigma[target] ?? sigma.columns?.[target]) !== undefined);
  const lost = given.filter((target) => inWhole[target] > 0 && inPart[target] === 0);
  const without = Object.fromEntries(lost.map((target) => [target, undefined]));
  const [known, present] = [new Set(whole.configTypes), new Set(part.configTypes)];
  const groups = Object.entries(sigma.configTypes).filter(([name]) => present.has(name) || !known.has(name));
  const columns = sigma.columns && { columns: { ...sigma.columns, ...without } };
  return { ...sigma, ...without, ...columns, configTypes: Object.fromEntries(groups) };
}
