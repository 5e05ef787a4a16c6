// Whether the parameters of one data set are good for another: fits on energies, from the results of the other cases.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { milli, table } from "../tables.mjs";

export async function run(session) {
  const dimer = read(session, "c-dimer").found;
  const solids = { iron: read(session, "iron").found, silicon: read(session, "silicon").found };
  const optimised = (entries) => entries.filter(({ name }) => !name.startsWith("default"));
  const results = [];
  for (const [name, own] of Object.entries(solids)) {
    const { base, data } = await session.read(`${name}-strategy-1.yaml`);
    const other = name === "iron" ? solids.silicon : solids.iron;
    for (const { name: set, candidate } of [...own, ...optimised(other), ...optimised(dimer)]) {
      const errors = await session.errors(adopted(base, candidate), data.train, data.test);
      results.push({ data: name, set, ...errors });
      session.log(`${set} on ${name}: ${milli(errors.energyRmse)} meV/atom, ${milli(errors.forcesRmse, 0)} meV/Å`);
    }
  }
  const tables = Object.keys(solids).flatMap((name) => [
    `### On ${name} (test set, trained on energies)`,
    table(
      ["parameters", "Γ_E (meV/atom)", "Γ_F (meV/Å)", "Γ_E + Γ_F/30"],
      results.filter(({ data }) => data === name).map(({ set, energyRmse, forcesRmse }) => [set, milli(energyRmse), milli(forcesRmse, 0), milli(energyRmse + forcesRmse / 30)]),
    ),
  ]);
  session.write("transfer", { results }, tables.join("\n\n"));
}

function read({ folder }, name) {
  const path = join(folder, `${name}.json`);
  if (!existsSync(path)) throw new Error(`${path} is missing: run the case ${name} first`);
  return JSON.parse(readFileSync(path, "utf8"));
}

/** The base with descriptor, kernel and σ_E of another data set. */
function adopted(base, { model, fit }) {
  const copy = structuredClone(base);
  const [term] = copy.model.terms;
  term.descriptor = model.terms[0].descriptor;
  term.kernel = model.terms[0].kernel;
  copy.fit.sigma.energy = fit.sigma.energy;
  return copy;
}
