// Tables 4 and 5 of the paper, with another data set of iron.
import { iron } from "../published.mjs";
import { runSolid } from "../solid.mjs";

export const run = (session) => runSolid(session, { name: "iron", symbol: "Fe", sizes: [4, 6], seeds: 3, judge: "test", published: iron, standard: [4] });
