import { Angle3b, Distance2b } from "../../../src/descriptors/index.js";
import { descriptorContract } from "../../contracts/descriptor.js";
import { contractSystems } from "../systems.js";

/** The systems that have these species. */
const of = (...symbols: readonly number[]): ReturnType<typeof contractSystems> =>
  contractSystems().filter(({ atomicNumbers }) => symbols.every((z) => atomicNumbers.includes(z)));

const pairs: Record<string, object> = {
  "distances of two species": { species: ["C", "Si"], cutoff: { radius: 3.4 } },
  "powers of the distance, a tail": { species: ["Si", "C"], cutoff: { radius: 4, width: 2 }, exponents: [-1, 2, -6], tail: { exponent: 1.5, range: 0.8 } },
};
for (const [name, parameters] of Object.entries(pairs)) {
  descriptorContract(name, () => new Distance2b({ type: "distance-2b", ...parameters }), { systems: of(6, 14), differenceTolerance: 1e-7 });
}
descriptorContract("distances of any species", () => new Distance2b({ type: "distance-2b", species: ["*", "*"], cutoff: { radius: 3.2 } }), { differenceTolerance: 1e-7 });

const triplets = { center: "C", cutoff: { radius: 3.6, width: 0.7 } };
descriptorContract("triplets of one species of neighbors", () => new Angle3b({ type: "angle-3b", ...triplets, center: "Si", species: ["C", "C"] }), {
  systems: of(6, 14), differenceTolerance: 1e-7,
});
descriptorContract("triplets of two species of neighbors", () => new Angle3b({ type: "angle-3b", ...triplets, species: ["Si", "C"] }), {
  systems: of(6, 14), differenceTolerance: 1e-7,
});
descriptorContract("triplets of any species", () => new Angle3b({ type: "angle-3b", center: "*", species: ["*", "*"], cutoff: { radius: 3.2 } }), {
  systems: contractSystems().filter(({ name }) => name !== "crystal of one species"), differenceTolerance: 1e-7,
});
