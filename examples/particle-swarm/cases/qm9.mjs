// Table 7 of the paper and the transfer between 100 and 1000 molecules, on a subset of QM9.
import { qm9, withSet } from "../published.mjs";
import { digest } from "../session.mjs";
import { milli, number, parameterRows, table } from "../tables.mjs";

const SPARSE_POINTS = 2000;
const sizes = [100, 1000];

export async function run(session) {
  const searches = {};
  for (const size of sizes) searches[size] = await session.search(`qm9-${size}`, `qm9-${size}.yaml`);
  // the smaller test set: no molecule of it was seen by either search
  const { test } = searches[1000].data;
  const results = [];
  for (const size of sizes) {
    const { base, data } = searches[size];
    const candidates = {
      default: base,
      HP100: searches[100].result.candidate,
      HP1000: searches[1000].result.candidate,
      "HP100, paper": withSet(base, qm9[100]),
      "HP1000, paper": withSet(base, qm9[1000]),
    };
    for (const [name, candidate] of Object.entries(candidates)) {
      const errors = await session.errors(final(candidate, data.train, session.smoke), data.train, test);
      session.log(`${name}, ${size} molecules: MAE ${milli(errors.energyMaePerStructure, 1)} meV per molecule, ${number(errors.seconds, 0)} s`);
      results.push({ name, molecules: size, candidate, ...errors });
    }
  }
  const mae = (name, molecules) => milli(results.find((entry) => entry.name === name && entry.molecules === molecules).energyMaePerStructure, 1);
  const paper = { HP100: ["198", "84.3"], HP1000: ["313", "64.5"] };
  const tables = [
    "### Table 7: parameters",
    table(
      ["", "HP100, paper", "HP100", "HP1000, paper", "HP1000"],
      parameterRows(["HP100, paper", "HP100", "HP1000, paper", "HP1000"].map((name) => results.find((entry) => entry.name === name).candidate), { forces: false }),
    ),
    `### MAE in meV per molecule on ${test.nStructures} other molecules`,
    table(
      ["parameters", "100 molecules, paper (all of QM9)", "100 molecules", "1000 molecules, paper (all of QM9)", "1000 molecules"],
      ["default", "HP100", "HP1000", "HP100, paper", "HP1000, paper"].map((name) => [
        name, paper[name]?.[0] ?? "–", mae(name, 100), paper[name]?.[1] ?? "–", mae(name, 1000),
      ]),
    ),
  ];
  const digests = sizes.map((size) => digest(searches[size]));
  session.write("qm9", { results, searches: digests, test: test.nStructures }, tables.join("\n\n"));
}

/** More sparse points than the search can afford: at most one for each environment. */
function final(candidate, train, isSmoke) {
  const copy = structuredClone(candidate);
  copy.model.terms[0].sparse.count = Math.min(isSmoke ? 100 : SPARSE_POINTS, train.nAtoms);
  return copy;
}
