import { createDescriptor } from "../../../src/descriptors/index.js";
import { structureDescriptorContract } from "../../contracts/structure-descriptor.js";
import { contractSystems } from "../systems.js";

const [crystal, mixed, molecule] = contractSystems();

structureDescriptorContract("coulomb-matrix, sorted", () => createDescriptor({ type: "coulomb-matrix", nAtomsMax: 9 }), { systems: [mixed, molecule] });
structureDescriptorContract("coulomb-matrix, as it is", () => createDescriptor({ type: "coulomb-matrix", nAtomsMax: 8, permutation: "none" }), {
  systems: [mixed, molecule],
  ignoresOrder: false,
});
structureDescriptorContract("coulomb-matrix, random", () => createDescriptor({ type: "coulomb-matrix", nAtomsMax: 8, permutation: "random", sigma: 30 }), {
  systems: [mixed],
  ignoresOrder: false,
});
structureDescriptorContract("coulomb-matrix, eigenspectrum", () => createDescriptor({ type: "coulomb-matrix", nAtomsMax: 9, permutation: "eigenspectrum" }), {
  systems: [mixed, molecule],
});
structureDescriptorContract("sine-matrix, sorted", () => createDescriptor({ type: "sine-matrix", nAtomsMax: 9 }), { systems: [crystal, mixed] });
structureDescriptorContract("sine-matrix, eigenspectrum", () => createDescriptor({ type: "sine-matrix", nAtomsMax: 9, permutation: "eigenspectrum" }), {
  systems: [crystal, mixed],
});
structureDescriptorContract("ewald-sum-matrix, sorted", () => createDescriptor({ type: "ewald-sum-matrix", nAtomsMax: 9, accuracy: 1e-14 }), { systems: [crystal, mixed] });
structureDescriptorContract(
  "ewald-sum-matrix, eigenspectrum",
  () => createDescriptor({ type: "ewald-sum-matrix", nAtomsMax: 8, permutation: "eigenspectrum", a: 0.5, rCut: 12, gCut: 6 }),
  { systems: [mixed], differenceTolerance: 1e-6 },
);
