// Reference values of other programs, see test/data/descriptors/README.md.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { readDataset } from "../../../src/structures/index.js";
import type { System } from "../calculator.js";

const folder = new URL("../../data/descriptors/", import.meta.url);

export function readJson(name: string): unknown {
  return JSON.parse(gunzipSync(readFileSync(new URL(name, folder))).toString("utf8"));
}

export async function readSystem(name: string): Promise<System> {
  const structure = (await readDataset(fileURLToPath(new URL(name, folder)))).structure(0);
  const { positions, cell, pbc } = structure;
  return { name, atomicNumbers: [...structure.atomicNumbers], positions, cell, pbc };
}

type Nested = number | Nested[];

/** All numbers of nested arrays, in order. */
export function flat(values: Nested): number[] {
  return typeof values === "number" ? [values] : values.flatMap(flat);
}

export interface DscribeEntry {
  readonly name: string;
  readonly frame: string;
  readonly params: {
    readonly periodic: boolean;
    readonly n_max: number;
    readonly l_max: number;
    readonly r_cut: number;
    readonly sigma: number;
    readonly rbf: string;
    readonly average?: string;
    readonly weighting?: Readonly<Record<string, number | string>>;
    readonly compression?: { readonly mode: string; readonly species_weighting: Readonly<Record<string, number>> | null };
  };
  /** Å; absent: the atoms */
  readonly centers?: readonly (readonly number[])[];
  /** first centers × features, or features for an average */
  readonly values: Nested[];
  /** first centers × atoms × 3 × features */
  readonly derivatives_fd4?: Nested[];
  readonly derivatives_analytical_attach?: Nested[];
  readonly derivatives_analytical_noattach?: Nested[];
}

export interface DscribeReference {
  readonly entries: readonly DscribeEntry[];
  /** columns of each pair of species: [first, end) */
  readonly locations: readonly { readonly frame: string; readonly locations: Readonly<Record<string, readonly [number, number]>> }[];
}

export const dscribe = readJson("soap-dscribe.json.gz") as DscribeReference;

/** Our parameters for DScribe's. */
export function fromDscribe({ params }: DscribeEntry): object {
  const { w0, ...weighting } = params.weighting ?? {};
  return {
    type: "soap",
    basis: params.rbf,
    nMax: params.n_max,
    lMax: params.l_max,
    sigma: params.sigma,
    cutoff: { radius: params.r_cut },
    ...(params.weighting && { weighting }),
    ...(w0 !== undefined && { centralWeight: w0 }),
    ...(params.average && { average: params.average }),
    ...(params.compression && {
      compression: {
        mode: params.compression.mode,
        ...(params.compression.species_weighting && { speciesWeights: params.compression.species_weighting }),
      },
    }),
  };
}

export interface QuipEntry {
  /** as in a GAP file */
  readonly params: string;
  readonly frame: string;
  /** atom of each vector */
  readonly centers: readonly number[];
  /** the first vectors, with `covariance_sigma0` as last component */
  readonly x: readonly (readonly number[])[];
  readonly gradient?: {
    readonly vector: number;
    /** atoms × 3 × components */
    readonly atoms: readonly (readonly (readonly number[])[])[];
    /** l × k × components: Σ r_l ∂x/∂r_k */
    readonly strain: readonly (readonly (readonly number[])[])[];
  };
}

export const quip = readJson("soap-quip.json.gz") as readonly QuipEntry[];

/** Keys and values of a descriptor string of QUIP. */
export function quipKeys(params: string): Readonly<Record<string, string>> {
  return Object.fromEntries([...params.matchAll(/(\w+)=({[^}]*}|\S+)/g)].map(([, key, value]) => [key!, value!]));
}

/** Our parameters for a descriptor string of QUIP. */
export function fromQuip(params: string): object {
  const given = quipKeys(params);
  const number = (key: string): number => Number(given[key]);
  const exponent = given.cutoff_dexp === undefined ? 0 : number("cutoff_dexp");
  const rate = given.cutoff_rate === undefined ? 1 : number("cutoff_rate");
  return {
    type: "soap",
    basis: "equispaced-gaussian",
    nMax: number("n_max"),
    lMax: number("l_max"),
    sigma: number("atom_sigma"),
    cutoff: { radius: number("cutoff"), width: number("cutoff_transition_width") },
    ...(given.normalise === "F" && { normalize: false }),
    ...(given.central_weight && { centralWeight: number("central_weight") }),
    ...(exponent > 0 && { weighting: { function: "pow", c: rate || 1, d: rate, m: exponent, r0: number("cutoff_scale") } }),
    ...(given.diagonal_radial === "T" && { compression: "diagonal-radial" }),
    ...(given.nu_R && { compression: { mode: "nu", nuR: number("nu_R"), nuS: number("nu_S") } }),
    ...(given.average === "T" && { average: "inner" }),
  };
}
