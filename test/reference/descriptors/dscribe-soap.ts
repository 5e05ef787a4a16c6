// Parameters of DScribe's SOAP as ours. DScribe: Himanen et al., Comput. Phys. Commun. 247, 106949 (2020), 10.1016/j.cpc.2019.106949.
import { expectKnown } from "../not-there.js";

export interface DscribeParameters {
  readonly species: readonly string[];
  readonly periodic?: boolean;
  readonly n_max: number;
  readonly l_max: number;
  readonly r_cut: number;
  readonly sigma?: number;
  readonly rbf?: string;
  readonly average?: string;
  readonly weighting?: Readonly<Record<string, number | string>>;
  readonly compression?: { readonly mode: string; readonly species_weighting?: Readonly<Record<string, number>> | null };
}

export function soapFromDscribe(params: DscribeParameters): object {
  expectKnown("SOAP", Object.keys(params), ["species", "periodic", "n_max", "l_max", "r_cut", "sigma", "rbf", "average", "weighting", "compression"]);
  expectKnown("weighting", Object.keys(params.weighting ?? {}), ["function", "c", "d", "m", "r0", "w0"]);
  expectKnown("compression", Object.keys(params.compression ?? {}), ["mode", "species_weighting"]);
  const { w0, ...weighting } = params.weighting ?? {};
  const { mode = "off", species_weighting: speciesWeights } = params.compression ?? {};
  return {
    type: "soap",
    basis: params.rbf ?? "gto",
    nMax: params.n_max,
    lMax: params.l_max,
    sigma: params.sigma ?? 1,
    cutoff: { radius: params.r_cut },
    ...(params.weighting && { weighting }),
    ...(w0 !== undefined && { centralWeight: w0 }),
    ...(params.average && { average: params.average }),
    compression: { mode, ...(speciesWeights && { speciesWeights }) },
  };
}
