// DScribe's symmetry functions.
import { Acsf } from "../../../src/descriptors/index.js";
import { atomicNumberOf } from "../../../src/structures/index.js";
import { Calculator } from "../../descriptors/calculator.js";
import { fromJacobian } from "../../descriptors/differences.js";
import { flat, type Nested } from "../folder.js";
import { expectKnown } from "../not-there.js";
import { headKeys, type IndexEntry, type ReferenceRun } from "./run.js";

interface AcsfFile {
  readonly params: {
    readonly species: readonly string[];
    readonly periodic?: boolean;
    readonly r_cut: number;
    readonly g2_params?: readonly (readonly [number, number])[] | null;
    readonly g3_params?: readonly number[] | null;
    readonly g4_params?: readonly (readonly [number, number, number])[] | null;
    readonly g5_params?: readonly (readonly [number, number, number])[] | null;
  };
  /** centers × features */
  readonly values: Nested;
  /** centers × atoms × 3 × features: differences of DScribe's values */
  readonly derivatives_fd4?: Nested;
}

/** Differences of fourth order lose digits where a neighbor is near the cutoff: the second derivative of the cosine jumps there. */
const DIFFERENCES = 2e-8;
/** Relative to the largest; copies are rounded to 12 digits. */
const VALUES = 1e-11;

/** Values and derivatives. */
export async function compareAcsf({ folder: from, executor, comparisons }: ReferenceRun, { file, frame }: IndexEntry): Promise<void> {
  const { params, values, derivatives_fd4, ...rest } = from.json(file) as AcsfFile;
  expectKnown(file, Object.keys(rest), headKeys);
  const { species: symbols, periodic = false, r_cut, g2_params, g3_params, g4_params, g5_params, ...others } = params;
  expectKnown("ACSF", Object.keys(others), []);
  const species = symbols.map(atomicNumberOf).sort((a, b) => a - b);
  const lists = { g2: g2_params ?? [], g3: g3_params ?? [], g4: g4_params ?? [], g5: g5_params ?? [] };
  const calculator = new Calculator(executor, new Acsf({ type: "acsf", cutoff: { radius: r_cut }, g1: true, ...lists }), species);
  try {
    const whole = await from.system(frame);
    const system = periodic ? whole : { ...whole, cell: null, pbc: [false, false, false] as const };
    const environments = calculator.environments(system);
    const computed = calculator.compute(environments, { jacobian: derivatives_fd4 !== undefined });
    const expected = flat(values);
    comparisons.compare("ACSF, values", file, computed.values.slice(0, expected.length), expected, VALUES);
    if (derivatives_fd4 === undefined) return;
    const derivatives = flat(derivatives_fd4);
    const { positions } = fromJacobian(calculator, system, environments, computed);
    comparisons.compare("ACSF, derivatives", file, positions.slice(0, derivatives.length), derivatives, DIFFERENCES);
  } finally {
    calculator.release();
  }
}
