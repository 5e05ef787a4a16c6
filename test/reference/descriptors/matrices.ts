// DScribe's matrices of whole structures. DScribe: Himanen et al., Comput. Phys. Commun. 247, 106949 (2020), 10.1016/j.cpc.2019.106949.
import { createDescriptor } from "../../../src/descriptors/index.js";
import { StructureCalculator } from "../../descriptors/structure-calculator.js";
import { flat, type Nested } from "../folder.js";
import { expectKnown } from "../not-there.js";
import { headKeys, type IndexEntry, type ReferenceRun } from "./run.js";

interface MatrixFile {
  readonly params: { readonly n_atoms_max: number; readonly permutation?: string };
  /** Of an Ewald sum. */
  readonly create_args?: { readonly accuracy?: number; readonly w?: number; readonly a?: number; readonly r_cut?: number; readonly g_cut?: number };
  /** Elements row by row, or eigenvalues. */
  readonly values: Nested;
}

const types: Readonly<Record<string, string>> = { CoulombMatrix: "coulomb-matrix", SineMatrix: "sine-matrix", EwaldSumMatrix: "ewald-sum-matrix" };
/** Relative to the largest element. */
const TOLERANCE = 1e-13;

/** Coulomb, sine and Ewald-sum matrices in any order. */
export async function compareMatrix({ folder: from, executor, comparisons }: ReferenceRun, { file, frame, descriptor: kind }: IndexEntry): Promise<void> {
  const { params, values, create_args: sums = {}, ...rest } = from.json(file) as MatrixFile;
  expectKnown(file, Object.keys(rest), headKeys);
  expectKnown(file, Object.keys(params), ["n_atoms_max", "permutation"]);
  expectKnown(file, Object.keys(sums), ["accuracy", "w", "a", "r_cut", "g_cut"]);
  const { accuracy = 1e-5, w, a, r_cut: rCut, g_cut: gCut } = sums;
  const ewald = kind === "EwaldSumMatrix" ? Object.fromEntries(Object.entries({ accuracy, w, a, rCut, gCut }).filter(([, value]) => value !== undefined)) : {};
  const system = await from.system(frame);
  const permutation = (params.permutation ?? "sorted_l2").replace("_", "-");
  const descriptor = createDescriptor({ type: types[kind] as "coulomb-matrix", nAtomsMax: params.n_atoms_max, permutation, ...ewald });
  const calculator = new StructureCalculator(executor, descriptor, [...new Set(system.atomicNumbers)].sort((a, b) => a - b));
  comparisons.compare(kind, file, calculator.values(system), flat(values), TOLERANCE);
  calculator.release();
}
