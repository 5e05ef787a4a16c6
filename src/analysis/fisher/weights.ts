import { sigmaSchema, type SigmaOptions } from "../../fit/sigma.js";
import type { Model } from "../../models/model-type.js";
import type { Potential } from "../../models/potential.js";

/** Where the weights of rows come from. */
export interface RowWeights {
  /** Expected errors. */
  readonly sigma: SigmaOptions;
  /** `unit`: 1 for total energies and force components, as composed potentials are fitted; `default`: as linear fits have them. */
  readonly source: "option" | "fit" | "unit" | "default";
}

/** Weights of the loss: as asked for, else as the model was fitted, else 1 for total energies and force components of composed potentials. */
export function rowWeights(potential: Potential, sigma?: SigmaOptions): RowWeights {
  if (sigma) return { sigma, source: "option" };
  const options = (potential as Partial<Model>).provenance?.options as { readonly fit?: { readonly sigma?: unknown } } | undefined;
  const fitted = sigmaSchema.safeParse(options?.fit?.sigma ?? null);
  if (fitted.success) return { sigma: fitted.data, source: "fit" };
  if (potential.parametric?.composed) return { sigma: { energy: 1, forces: 1, perAtom: false, configTypes: {} }, source: "unit" };
  return { sigma: sigmaSchema.parse(undefined), source: "default" };
}
