// Power spectra of librascal: Musil et al., J. Chem. Phys. 154, 114109 (2021), 10.1063/5.0044689.
import { Soap } from "../../../src/descriptors/index.js";
import { symbolOf } from "../../../src/structures/index.js";
import { Calculator } from "../../descriptors/calculator.js";
import { fromJacobian } from "../../descriptors/differences.js";
import { flat } from "../folder.js";
import { expectKnown } from "../not-there.js";
import { headKeys, type IndexEntry, type ReferenceRun } from "./run.js";

interface LibrascalParameters {
  readonly soap_type: "PowerSpectrum";
  readonly interaction_cutoff: number;
  readonly cutoff_smooth_width: number;
  readonly max_radial: number;
  readonly max_angular: number;
  readonly gaussian_sigma_type: "Constant";
  readonly gaussian_sigma_constant: number;
  readonly radial_basis: "GTO" | "DVR";
  readonly normalize: boolean;
  readonly cutoff_function_type: "ShiftedCosine";
  readonly global_species: readonly number[];
}

interface LibrascalFile {
  readonly params: LibrascalParameters;
  /** of the first centers, or all */
  readonly values: readonly (readonly number[])[];
  /** x, y and z of every line of `gradient_info`: frame, center, neighbor, …; one for each image, and one for the center itself */
  readonly gradient?: readonly (readonly number[])[];
  readonly gradient_info?: readonly (readonly number[])[];
}

const parameterKeys = [
  "soap_type", "interaction_cutoff", "cutoff_smooth_width", "max_radial", "max_angular", "gaussian_sigma_type", "gaussian_sigma_constant", "radial_basis",
  "normalize", "optimization", "cutoff_function_type", "expansion_by_species_method", "global_species",
];

function soapFromLibrascal(params: LibrascalParameters): object {
  expectKnown("librascal", Object.keys(params), parameterKeys);
  const { soap_type: type, gaussian_sigma_type: width, cutoff_function_type: cutoff } = params;
  if (type !== "PowerSpectrum" || width !== "Constant" || cutoff !== "ShiftedCosine") throw new Error(`the suite does not know ${type}, ${width}, ${cutoff} of librascal`);
  return {
    type: "soap",
    basis: `librascal-${params.radial_basis.toLowerCase()}`,
    nMax: params.max_radial,
    lMax: params.max_angular,
    sigma: params.gaussian_sigma_constant,
    cutoff: { radius: params.interaction_cutoff, width: params.cutoff_smooth_width },
    normalize: params.normalize,
    species: params.global_species.map(symbolOf),
  };
}

/** S^(−1/2) of librascal's orbitals loses digits with nMax, in its program as in ours. */
const toleranceOf = ({ radial_basis: basis, max_radial: nMax }: LibrascalParameters): number => (basis === "DVR" ? 1e-10 : 1e-10 * 10 ** Math.max(0, nMax - 6));

/** Values, and gradients where there are any. */
export async function compareLibrascal({ folder: from, executor, comparisons }: ReferenceRun, { file, frame }: IndexEntry): Promise<void> {
  const { params, values, gradient, gradient_info: info = [], ...rest } = from.json(file) as LibrascalFile;
  expectKnown(file, Object.keys(rest), [...headKeys, "librascal_commit", "gradient_note"]);
  const system = await from.system(frame);
  const calculator = new Calculator(executor, new Soap(soapFromLibrascal(params)), [...params.global_species].sort((a, b) => a - b));
  try {
    const environments = calculator.environments(system);
    const computed = calculator.compute(environments, { jacobian: gradient !== undefined });
    const expected = flat(values);
    const kind = `librascal ${params.radial_basis}`;
    comparisons.compare(`${kind}, values`, file, computed.values.slice(0, expected.length), expected, toleranceOf(params));
    if (gradient === undefined) return;
    const { nFeatures } = calculator;
    const nAtoms = system.atomicNumbers.length;
    const sums = new Float64Array(values.length * nAtoms * 3 * nFeatures);
    info.forEach(([, center, atom], line) => {
      for (let k = 0; k < 3; k++) {
        const at = ((center * nAtoms + atom) * 3 + k) * nFeatures;
        gradient[3 * line + k].forEach((x, f) => (sums[at + f] += x));
      }
    });
    const { positions } = fromJacobian(calculator, system, environments, computed);
    comparisons.compare(`${kind}, derivatives`, file, positions.slice(0, sums.length), sums, 10 * toleranceOf(params));
  } finally {
    calculator.release();
  }
}
