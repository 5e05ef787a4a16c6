import { Soap } from "../../../src/descriptors/index.js";
import { expectSameOnBuilds } from "../agree-on-builds.js";

const cases = [
  { nMax: 5, lMax: 4, sigma: 0.5, cutoff: { radius: 4, function: "cosine" } },
  { nMax: 4, lMax: 3, sigma: 0.5, cutoff: { radius: 4 }, compression: "mu1nu1", weighting: { function: "pow", m: 2, r0: 2 } },
  { basis: "equispaced-gaussian", nMax: 4, lMax: 5, sigma: 0.5, cutoff: { radius: 4.5 } },
  { basis: "equispaced-gaussian", nMax: 3, lMax: 2, sigma: 0.5, cutoff: { radius: 4.5 }, compression: "diagonal-radial", normalize: false },
  { basis: "librascal-gto", nMax: 3, lMax: 3, sigma: 0.5, cutoff: { radius: 4 } },
];

expectSameOnBuilds("SOAP", cases, (parameters) => new Soap({ type: "soap", ...parameters }));
