import { Cluster } from "../../../src/descriptors/index.js";
import { expectSameOnBuilds } from "../agree-on-builds.js";

const cases = [
  { cutoff: { radius: 4 }, bases: [{ size: 5 }, { body: 3, size: 4, degrees: [0, 1, 2, 3] }] },
  { cutoff: { radius: 4, function: "bump" }, bases: [{ radial: "chebyshev", size: 3, species: "weights", weights: { "H-C": 0.5 } }, { body: 3, size: 3, species: "alike" }] },
  { cutoff: { radius: 4, function: "smoothstep7" }, bases: [{ body: 3, size: 1, degrees: [4], species: "weights", weights: { "H-O-C": 2 } }] },
];

expectSameOnBuilds("the cluster basis", cases, (parameters) => new Cluster({ type: "cluster", ...parameters }));
