import { Bispectrum } from "../../../src/descriptors/index.js";
import { expectSameOnBuilds } from "../agree-on-builds.js";

const cases = [
  { twoJMax: 5, rcutfac: 4.5 },
  { twoJMax: 2, rcutfac: 4, radii: { H: 0.4, C: 0.5, O: 0.6 }, chem: true, rmin0: 0.5, innerSwitch: { center: 1, halfWidth: 0.4 } },
];

expectSameOnBuilds("the bispectrum", cases, (parameters) => new Bispectrum({ type: "bispectrum", ...parameters }));
