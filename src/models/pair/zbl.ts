import { z } from "zod";
import type { SpeciesList } from "../../descriptors/descriptor.js";
import { InternalError, InvalidParameterError } from "../../errors.js";
import { validate } from "../../validation.js";
import { units } from "../../units.js";
import type { Wasm } from "../../wasm/wasm.js";
import { parseContent, speciesSchema } from "../local-energy/content.js";
import type { Model, ModelContent, ModelType, Provenance } from "../model-type.js";
import type { PotentialTables, PreparedPotential } from "../potential.js";
import type { PairFunction, PairFunctions } from "./pair-function.js";
import { PairSumEvaluator } from "./pair-sum.js";

/** Parameters of a ZBL repulsion. */
export const zblSchema = z.strictObject({
  /** Chooses the ZBL repulsion. */
  type: z.literal("zbl").describe("universal screened repulsion of nuclei"),
  inner: z.number().nonnegative().max(50).default(1).describe("Å: switched off from here on …"),
  outer: z.number().positive().max(50).default(2).describe("Å: … up to here, with two continuous derivatives"),
});

/** Parameters of a ZBL repulsion, validated, with every default filled in. */
export type ZblParameters = z.output<typeof zblSchema>;

interface ZblTables extends PotentialTables {
  readonly species: readonly number[];
  readonly inner: number;
  readonly outer: number;
}

/**
 * Repulsion of nuclei by Ziegler, Biersack and Littmark, The Stopping and Range of Ions in Matter (1985), with the constants and the
 * switching of LAMMPS `pair_style zbl`: φ(r) = k Z_i Z_j/r · Σ c e^{−d r/a} + S(r), a = 0.46850 Å/(Z_i^0.23 + Z_j^0.23); value, slope and
 * curvature are 0 at `outer`.
 */
export class ZblModel implements Model {
  readonly type = "zbl";
  readonly hasVariance = false;
  /** Å */
  readonly inner: number;
  /** Å: the cutoff */
  readonly outer: number;

  /**
   * @param species atomic numbers, ascending
   * @throws {InvalidParameterError} where `outer` is not beyond `inner`
   */
  constructor(
    readonly species: SpeciesList,
    parameters: z.input<typeof zblSchema>,
    readonly provenance: Provenance = {},
  ) {
    const { inner, outer } = validate(zblSchema, parameters, { what: "zbl" });
    if (!(outer > inner)) throw new InvalidParameterError(`zbl: outer is ${outer} Å; it must be greater than inner, ${inner} Å`);
    this.inner = inner;
    this.outer = outer;
  }

  get cutoff(): number {
    return this.outer;
  }

  get isolatedAtomEnergies(): readonly number[] {
    return this.species.map(() => 0);
  }

  withProvenance(provenance: Provenance): ZblModel {
    return new ZblModel(this.species, { type: "zbl", inner: this.inner, outer: this.outer }, provenance);
  }

  /** There are no tables in memory: everything is in these records. */
  prepare(): PreparedPotential {
    const tables: ZblTables = { type: this.type, species: this.species, inner: this.inner, outer: this.outer };
    return { tables, release: () => undefined };
  }
}

/** c and d of the screening function Σ c e^{−d r/a}; the c add up to 1. */
const SCREENING = [[0.18175, 3.1998], [0.50986, 0.94229], [0.28022, 0.4029], [0.02817, 0.20162]] as const;

/** U, U′ and U″ of the repulsion that is not switched, at one distance. */
function unswitched(zi: number, zj: number, r: number): [number, number, number] {
  const a = 0.4685 / (zi ** 0.23 + zj ** 0.23);
  let [phi, first, second] = [0, 0, 0];
  for (const [c, d] of SCREENING) {
    const term = c * Math.exp((-d * r) / a);
    phi += term;
    first -= (term * d) / a;
    second += term * (d / a) ** 2;
  }
  const k = units.coulomb * zi * zj;
  return [(k * phi) / r, k * (first / r - phi / r ** 2), k * (second / r - (2 * first) / r ** 2 + (2 * phi) / r ** 3)];
}

/** φ of two nuclei. */
function zblFunction(zi: number, zj: number, inner: number, outer: number): PairFunction {
  const [value, slope, curvature] = unswitched(zi, zj, outer);
  const width = outer - inner;
  const alpha = (-3 * slope + width * curvature) / width ** 2;
  const beta = (2 * slope - width * curvature) / width ** 3;
  const constant = -value + (width * slope) / 2 - (width ** 2 * curvature) / 12;
  const [[c0, d0], [c1, d1], [c2, d2], [c3, d3]] = SCREENING;
  const inverse = (zi ** 0.23 + zj ** 0.23) / 0.4685;
  const k = units.coulomb * zi * zj;
  const at = (r: number, out: Float64Array): void => {
    const s = r * inverse;
    const a0 = c0 * Math.exp(-d0 * s);
    const a1 = c1 * Math.exp(-d1 * s);
    const a2 = c2 * Math.exp(-d2 * s);
    const a3 = c3 * Math.exp(-d3 * s);
    const own = (k * (a0 + a1 + a2 + a3)) / r;
    const t = r > inner ? r - inner : 0;
    const square = t * t;
    out[0] = own + constant + square * t * (alpha / 3 + (beta / 4) * t);
    out[1] = (-k * inverse * (d0 * a0 + d1 * a1 + d2 * a2 + d3 * a3) - own) / r + square * (alpha + beta * t);
  };
  return { cutoff: outer, at };
}

function functionsOf({ species, inner, outer }: ZblTables): PairFunctions {
  return { species, cutoff: outer, functions: species.flatMap((zi) => species.map((zj) => zblFunction(zi, zj, inner, outer))) };
}

const parametersSchema = z.object({ species: speciesSchema, inner: z.number(), outer: z.number() });

function encode(model: Model): ModelContent {
  if (!(model instanceof ZblModel)) throw new InternalError(`a ${model.type} model is not a ZBL repulsion`);
  const parameters: z.input<typeof parametersSchema> = { species: [...model.species], inner: model.inner, outer: model.outer };
  return { parameters, arrays: [] };
}

function decode({ parameters }: ModelContent, provenance: Provenance, file: string): ZblModel {
  const { species, inner, outer } = parseContent(parametersSchema, parameters, file);
  return new ZblModel(species, { type: "zbl", inner, outer }, provenance);
}

export const zblType: ModelType = {
  type: "zbl",
  encode,
  decode,
  attach: (wasm: Wasm, tables: PotentialTables) => new PairSumEvaluator(wasm, functionsOf(tables as ZblTables)),
};
