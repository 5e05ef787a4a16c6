import { OverlapMatrix } from "../../../src/descriptors/index.js";
import { expectSameOnBuilds } from "../agree-on-builds.js";

const cases = [
  { orbitals: "s", form: "moments" },
  { orbitals: "sp", widths: { C: 0.5 } , form: "smoothed" },
];

expectSameOnBuilds("the overlap matrix", cases, (parameters) => new OverlapMatrix({ type: "overlap-matrix", cutoff: { radius: 4 }, maxNeighbors: 70, ...parameters }));
