// Softest paths of fingerprints from the same methane, and what every fingerprint sees of those of SOAP.
import { blindnessOf, followManifold } from "../../dist/analysis/index.js";
import { createDescriptor } from "pestle/core";
import { starts, withDescriber } from "./manifolds.mjs";

/** Å: steps and length of the paths of the tables, and random displacements that they are compared with. */
export const LENGTHS = [0.01, 0.8, 0.27];
const [STEP, LENGTH, TYPICAL] = LENGTHS;

/** What an independent program gave; the path of SOAP with n = l = 16 is the published manifold. */
const expected = {
  "soap-8": { variation: 1.113e-3, displacement: 0.2777, blindness: 0.01, energyRange: [0.9413, 1.264], overlapDistance: 0.044 },
  "soap-16": { variation: 7.81e-4, displacement: 0.27198, blindness: 0.008, energyRange: [0.9347, 1.2515], overlapDistance: 0.042 },
  acsf: { variation: 7.24e-4, displacement: 0.25749, blindness: 0.0006, energyRange: [0.9116, 1.2121], overlapDistance: 0.039 },
  "overlap-narrow": { variation: 3.79e-2, displacement: 0.46774, blindness: 0.28, energyRange: [0.9107, 1.4055], overlapDistance: 0.038 },
};

/** The softest path of a fingerprint, with what another fingerprint, if there is one, sees of it. */
export async function ownPath(executor, { key, descriptor }, reference, start = starts.first) {
  return withDescriber(executor, descriptor, (describer, space) =>
    withReference(executor, reference, async (other) => {
      const path = await followManifold(space, describer, start, { step: STEP, length: LENGTH, closes: false, separation: 0, reference: other });
      const { ratio, typicalVariation } = blindnessOf(describer, { ...path, displacement: TYPICAL }, start);
      const { variation, energyRange, referenceDistance } = path;
      const displacement = Math.max(...path.points.map(({ displacements }) => Math.hypot(...displacements.map((value, k) => value - start.displacements[k]))));
      const points = path.points.map((point) => ({ displacements: [...point.displacements], energy: point.energy, variation: point.variation, pathLength: point.pathLength }));
      const softness = path.points[0].singularValues.softest / path.points[0].singularValues.largest;
      return { variation, displacement, blindness: ratio, typicalVariation, softness, energyRange, overlapDistance: referenceDistance, expected: expected[key], points };
    }),
  );
}

async function withReference(executor, reference, run) {
  return reference ? withDescriber(executor, reference.descriptor, run) : run(undefined);
}

/** The variation of a fingerprint along a path of another, over that of random displacements as large. */
export async function seenOf(executor, { descriptor }, path, start = starts.first) {
  return withDescriber(executor, descriptor, (describer) => {
    const valuesAt = (displacements) => describer.values({ ...start, displacements: Float64Array.from(displacements) });
    const first = valuesAt(path.points[0].displacements);
    const points = path.points.map(({ displacements }) => {
      const values = valuesAt(displacements);
      return { displacements: Float64Array.from(displacements), variation: Math.hypot(...values.map((value, f) => value - first[f])) };
    });
    const variation = Math.max(...points.map((point) => point.variation));
    const { ratio } = blindnessOf(describer, { points, variation, displacement: TYPICAL }, start);
    return { variation, blindness: ratio, features: createDescriptor(descriptor).featureCount([1, 6]) };
  });
}
