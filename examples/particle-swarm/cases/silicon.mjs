// Both strategies on silicon, which the paper does not have.
import { runSolid } from "../solid.mjs";

export const run = (session) => runSolid(session, { name: "silicon", symbol: "Si", sizes: [4, 8], seeds: 1, judge: "test" });
