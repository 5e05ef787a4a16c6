// DScribe's SOAP.
import { expect } from "vitest";
import { createEnvironmentDescriptor, Soap } from "../../../src/descriptors/index.js";
import { atomicNumberOf } from "../../../src/structures/index.js";
import { Calculator, type System, type SystemEnvironments } from "../../descriptors/calculator.js";
import { fromJacobian } from "../../descriptors/differences.js";
import { flat, type Nested, type ReferenceFolder } from "../folder.js";
import { expectKnown } from "../not-there.js";
import { type DscribeParameters, soapFromDscribe } from "./dscribe-soap.js";
import { headKeys, type IndexEntry, type ReferenceRun } from "./run.js";

/** Arrays are of the first centers, of all, or of the positions that are given. */
interface SoapFile {
  readonly params: DscribeParameters;
  /** Å, or positions among the atoms; absent: the atoms */
  readonly centers?: readonly (number | readonly number[])[] | null;
  /** centers × features; features for an average */
  readonly values: Nested;
  /** centers × atoms × 3 × features: differences of DScribe's values, and its own */
  readonly derivatives_fd4?: Nested;
  readonly derivatives_dscribe_numerical?: Nested;
  readonly derivatives_analytical_attach?: Nested;
  readonly derivatives_analytical_noattach?: Nested;
}

interface LocationsFile {
  readonly params: DscribeParameters;
  /** columns of each pair of species: [first, end) */
  readonly locations: Readonly<Record<string, readonly [number, number]>>;
}

/**
 * Relative to the largest value. S^(−1/2) of ten orbitals has condition numbers up to 4·10¹¹, so that DScribe's own value is
 * good to 1.4·10⁻⁸ only: that is how far it is from a calculation with 60 digits.
 */
const toleranceOf = ({ n_max }: DscribeParameters): number => (n_max < 10 ? 1e-8 : 3e-8 * 10 ** (n_max - 10));
/** DScribe's own differences, of second order with a fixed step. */
const OWN_DIFFERENCES = 1e-5;

/** Values, averages and derivatives of DScribe's SOAP. */
export async function compareSoap({ folder: from, executor, comparisons }: ReferenceRun, { file, frame }: IndexEntry): Promise<void> {
  const { params, centers, values, ...data } = from.json(file) as SoapFile;
  const { derivatives_fd4, derivatives_dscribe_numerical, derivatives_analytical_attach, derivatives_analytical_noattach, ...rest } = data;
  expectKnown(file, Object.keys(rest), headKeys);
  const system = await systemOf(from, frame, params);
  const species = speciesOf(params);
  const descriptor = createEnvironmentDescriptor(soapFromDscribe(params) as { type: string }, "these tests");
  const calculator = new Calculator(executor, descriptor, species);
  try {
    const environments = environmentsOf(calculator, system, centers);
    const wanted = derivatives_fd4 ?? derivatives_dscribe_numerical ?? derivatives_analytical_attach;
    const computed = calculator.compute(environments, { jacobian: wanted !== undefined });
    const expected = flat(values);
    const kind = descriptor.rows === "structure" ? "SOAP, averages" : "SOAP, values";
    comparisons.compare(kind, file, computed.values.slice(0, expected.length), expected, toleranceOf(params));
    const derivatives = (kind: string, of: Float64Array, reference: Nested | undefined, tolerance: number): void => {
      if (reference === undefined) return;
      const all = flat(reference);
      comparisons.compare(`SOAP, ${kind}`, file, of.slice(0, all.length), all, tolerance);
    };
    if (wanted !== undefined) {
      const { positions } = fromJacobian(calculator, system, environments, computed);
      derivatives("derivatives", positions, derivatives_fd4, toleranceOf(params));
      derivatives("derivatives, analytic", positions, derivatives_analytical_attach, toleranceOf(params));
      derivatives("derivatives, DScribe's own differences", positions, derivatives_dscribe_numerical, OWN_DIFFERENCES);
    }
    if (derivatives_analytical_noattach !== undefined) {
      // centers that stay where they are have the atom that leaves them as a neighbor at distance zero
      const fixed = calculator.environments(system, { centers: new Int32Array(0), extraCenters: system.positions });
      const { positions } = fromJacobian(calculator, system, fixed, calculator.compute(fixed, { jacobian: true }));
      derivatives("derivatives, centers at rest", positions, derivatives_analytical_noattach, toleranceOf(params));
    }
  } finally {
    calculator.release();
  }
}

/** Which columns belong to a pair of species. */
export function compareLocations({ folder: from, comparisons }: ReferenceRun, { file }: IndexEntry): void {
  const { params, locations } = from.json(file) as LocationsFile;
  const species = speciesOf(params);
  const descriptor = new Soap(soapFromDscribe(params));
  const features = descriptor.features(species);
  expect(Object.keys(locations).length).toBe((species.length * (species.length + 1)) / 2);
  let columns = 0;
  for (const [pair, [first, end]] of Object.entries(locations)) {
    for (const { channel } of features.slice(first, end)) expect(channel.join("-")).toBe(pair);
    columns += end - first;
  }
  comparisons.compare("SOAP, columns of the pairs of species", file, [features.length], [columns], 0, "absolute");
  const { nMax, lMax } = descriptor.parameters;
  const ends = [features[0], features[1], features.at(-1)].map(({ label }) => label.replace(/^\S+ \S+ /u, ""));
  expect(ends).toEqual(["n=1 n'=1 l=0", nMax > 1 ? "n=1 n'=2 l=0" : "n=1 n'=1 l=1", `n=${nMax} n'=${nMax} l=${lMax}`]);
}

const speciesOf = ({ species }: DscribeParameters): number[] => species.map(atomicNumberOf).sort((a, b) => a - b);

async function systemOf(from: ReferenceFolder, frame: string, { periodic = false }: DscribeParameters): Promise<System> {
  const system = await from.system(frame);
  return periodic ? system : { ...system, cell: null, pbc: [false, false, false] };
}

function environmentsOf(calculator: Calculator, system: System, centers: SoapFile["centers"]): SystemEnvironments {
  if (!centers) return calculator.environments(system);
  const atoms = centers.filter((center) => typeof center === "number");
  const positions = centers.filter((center) => typeof center !== "number");
  if (atoms.length > 0 && positions.length > 0) throw new Error("centers are atoms or positions, not both");
  return calculator.environments(system, { centers: Int32Array.from(atoms), extraCenters: Float64Array.from(positions.flat()) });
}
