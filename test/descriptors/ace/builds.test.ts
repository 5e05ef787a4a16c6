import { Ace } from "../../../src/descriptors/index.js";
import { expectSameOnBuilds } from "../agree-on-builds.js";

const cases = [
  { cutoff: { radius: 4 }, order: 4, degree: [6, 5, 5, 4] },
  { cutoff: { radius: 3.5 }, order: 2, degree: 5, pair: false, radial: { type: "chebyshev-power", lambda: 2 } },
];

expectSameOnBuilds("the atomic cluster expansion", cases, (parameters) => new Ace({ type: "ace", ...parameters }));
