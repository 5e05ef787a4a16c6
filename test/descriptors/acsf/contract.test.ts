import { createDescriptor } from "../../../src/descriptors/index.js";
import { descriptorContract } from "../../contracts/descriptor.js";
import type { System } from "../calculator.js";
import { contractSystems } from "../systems.js";

const contractElements = ["H", "C", "O", "Si"];

/** Functions as of an input.nn: not the same for every element. */
const ofCenters = [
  { center: "H", type: 2, neighbors: ["H"], eta: 0.5, shift: 1, radius: 4 },
  { center: "O", type: 2, neighbors: ["H"], eta: 0.5, shift: 1, radius: 4 },
  { center: "O", type: 3, neighbors: ["C", "O"], eta: 0.05, shift: 0.3, zeta: 2, lambda: 1, radius: 4 },
  { center: "Si", type: 2, neighbors: ["Si"], eta: 0.2, shift: 0, radius: 3.5 },
  { center: "Si", type: 9, neighbors: ["C", "Si"], eta: 0.1, shift: 0, zeta: 1, lambda: -1, radius: 3 },
  { center: "Si", type: 3, neighbors: ["Si", "Si"], eta: 0.1, shift: 0, zeta: 3, lambda: -1, radius: 3.5 },
  ...["C", "O", "Si"].flatMap((center) => [
    { center, type: 12, eta: 0.3, shift: 1.2, radius: 4 },
    { center, type: 13, eta: 0.05, shift: 0.5, zeta: 1, lambda: 1, radius: 4 },
    ...contractElements.map((neighbor) => ({ center, type: 2, neighbors: [neighbor], eta: 1, shift: 1.5, radius: 4 })),
  ]),
];

const [crystal, mixed, molecule, small, slab] = contractSystems();

/** One per code path: kinds, shared and single angular factors, whole and other powers, shifts, functions of elements, cutoff functions. */
const cases: readonly (readonly [name: string, systems: readonly System[], parameters: object])[] = [
  ["all kinds, cosine", [crystal, mixed, small], {
    cutoff: { radius: 4 }, g1: true, g2: [[0.5, 0], [1, 1.5]], g3: [1.5], g4: [[0.05, 1, 1], [0.05, 2.5, -1], [0.05, 4, 1], [0.1, 4, 1]], g5: [[0.05, 1, 1], [0.05, 4, -1]],
  }],
  ["narrow with shifts, polynomial-2 with an inner radius", [mixed, molecule], {
    cutoff: { radius: 4, function: "polynomial-2", innerFraction: 0.3 }, g4: [{ eta: 0.5, zeta: 1, lambda: -1, shift: 2 }, { eta: 0.5, zeta: 3, lambda: 1, shift: 2 }], g2: [[0, 0]],
  }],
  ["wide, exponential", [molecule, mixed], {
    cutoff: { radius: 3.6, function: "exponential", innerFraction: 0.2 }, g2: [[0.5, 2]], g5: [[0.1, 2, 1], [0.1, 3, 1], [0.1, 5, 1], [0.1, 1.5, -0.5]],
  }],
  ["weighted, tanh", [mixed, molecule], { cutoff: { radius: 4, function: "tanh" }, weightedRadial: [[0.5, 1]], weightedAngular: [[0.05, 1, 1], [0.05, 4, 1]] }],
  ["functions of elements", [mixed, molecule], { symmetryFunctions: ofCenters }],
  ["outer average of a grid", [slab, mixed], { cutoff: { radius: 3.5 }, grid: { radial: 3, angular: 1, zeta: [1, 2] }, average: "outer" }],
];

for (const [name, systems, parameters] of cases) {
  descriptorContract(`acsf, ${name}`, () => createDescriptor({ type: "acsf", ...parameters }), { systems, differenceTolerance: 1e-7 });
}
