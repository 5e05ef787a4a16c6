// One orbit of the methane of the papers on quasi-constant fingerprints: 160 steps of 0.005 Å along the softest direction, two Jacobians and two
// decompositions each.
import { createEnvironmentDescriptor } from "../../dist/descriptors/index.js";
import { EnvironmentDescriber } from "../../dist/environments/index.js";
import { blindDirections, followManifold, methaneManifold, sensitivityOf } from "../../dist/analysis/index.js";

const START = methaneManifold([4.5, 130.5]);

/** Singular values at the start and the variation along the orbit are those of an independent program. */
const orbits = [
  { name: "orbit-8-8", size: { nMax: 8, lMax: 8, sigma: 0.2 }, softest: 0.00105243, variation: 1.112919e-3 },
  { name: "orbit-16-16", size: { nMax: 16, lMax: 16, sigma: 0.3 }, softest: 0.0004244442, variation: 7.809184e-4 },
];

function describerOf(executor, size) {
  const parameters = { type: "soap", basis: "equispaced-gaussian", ...size, cutoff: { radius: 2.5, width: 0.5 }, species: ["H"], otherSpecies: "ignore", centralReference: "all" };
  return new EnvironmentDescriber(executor, createEnvironmentDescriptor(parameters, "this benchmark"), [1, 6]);
}

const orbitCases = orbits.map(({ name, size, softest, variation }) => ({
  name,
  unit: "orbit of 160 points",
  async run({ executor, smoke, measureBoth, verify, verifyClose }) {
    const describer = describerOf(executor, size);
    const { singularValues } = sensitivityOf(executor, describer, START);
    verifyClose(singularValues.slice(-1), Float64Array.of(softest), 1e-4, "smallest singular value");
    const follow = (points) => followManifold(executor, describer, START, { step: 0.8 / points, length: 0.8, closes: false });
    const coarse = await follow(smoke ? 20 : 80);
    // a quarter of the steps drifts a little more
    verifyClose(Float64Array.of(coarse.variation), Float64Array.of(variation), smoke ? 0.1 : 1e-6, "variation");
    verify(coarse.points.length === (smoke ? 21 : 81), "number of points");
    const measured = await measureBoth(() => follow(smoke ? 20 : 160));
    describer.release();
    return { count: 1, ...measured, verified: true };
  },
}));

export const cases = [
  ...orbitCases,
  {
    name: "sensitivity",
    unit: "environment of 4 neighbors, n = l = 8",
    async run({ executor, measureBoth, verify }) {
      const describer = describerOf(executor, orbits[0].size);
      const singular = methaneManifold([0, 180]);
      const causes = blindDirections(executor, describer, singular);
      verify(causes.rank === 8 && causes.incompleteness === 1, "one direction that no three-body fingerprint sees");
      const measured = await measureBoth(() => sensitivityOf(executor, describer, singular));
      describer.release();
      return { count: 1, ...measured, verified: true };
    },
  },
];
