// What iron and silicon have in common: both strategies, two sizes of the basis, trained on energies, then again with forces.
import { withSet } from "./published.mjs";
import { digest } from "./session.mjs";
import { bestLoss, strategyTable } from "./strategies.mjs";
import { milli, number, parameterRows, table } from "./tables.mjs";

const FORCE_SIGMA = 0.02; // eV/Å, as in the paper

/**
 * @param options name; sizes of the basis; seeds for the smallest basis, the others have one; judge: part of the data for
 * the tables; standard: sizes for which the default swarm of the package is tried too
 */
export async function runSolid(session, { name, symbol, sizes, seeds, judge, published = [], standard = [] }) {
  const { base, data } = await session.read(`${name}-strategy-1.yaml`);
  const [train, test] = [data.train, data[judge]];
  const describe = async (label, candidate) => {
    const energies = await session.errors(candidate, train, test);
    session.log(`${label}: ${milli(energies.energyRmse)} meV/atom, ${milli(energies.forcesRmse, 0)} meV/Å`);
    return { name: label, candidate, ...energies, withForces: await session.errors(includingForces(candidate), train, test), kernels: await session.kernels(candidate, train) };
  };

  const groups = [];
  for (const size of sizes) {
    const searches = { first: [], second: [] };
    const runs = session.seeds ?? (size === Math.min(...sizes) ? seeds : 1);
    for (let seed = 1; seed <= runs; seed++) {
      for (const [key, strategy] of [["first", 1], ["second", 2]]) {
        const set = [`model.terms[0].descriptor.nMax=${size}`, `model.terms[0].descriptor.lMax=${size}`];
        // of the swarm alone: the split of the data stays the same
        const swarm = seed > 1 ? { seed } : {};
        searches[key].push(digest(await session.search(`${name}-${size}-${strategy}-seed-${seed}`, `${name}-strategy-${strategy}.yaml`, set, swarm)));
      }
    }
    const set = published.find((entry) => entry.name === `${symbol}${size}-1`);
    groups.push({ label: `n = l = ${size}`, size, ...searches, ...(set && { published: set.energyRmse + set.forcesRmse / 30 }) });
  }
  const smallest = Math.min(...sizes);
  const others = [];
  for (const criterion of ["std", "entropy"]) {
    const set = [`model.terms[0].descriptor.nMax=${smallest}`, `model.terms[0].descriptor.lMax=${smallest}`, `tune.stages.0.objective.criterion=${criterion}`];
    others.push({ criterion, search: digest(await session.search(`${name}-${smallest}-2-${criterion}`, `${name}-strategy-2.yaml`, set)) });
  }

  const swarms = [];
  for (const size of standard) {
    const set = [`model.terms[0].descriptor.nMax=${size}`, `model.terms[0].descriptor.lMax=${size}`, "tune.optimizer={type: particle-swarm, particles: 16}"];
    swarms.push({ size, search: digest(await session.search(`${name}-${size}-1-standard`, `${name}-strategy-1.yaml`, set)) });
  }

  const found = [];
  for (const size of sizes) found.push(await describe(`default, n = l = ${size}`, withSize(base, size)));
  for (const { size, first, second } of groups) {
    found.push(await describe(`${symbol}${size}-1`, bestOf(first).candidate));
    found.push(await describe(`${symbol}${size}-2`, bestOf(second).candidate));
  }
  for (const { criterion, search } of others) found.push(await describe(`${symbol}${smallest}-2 by ${criterion}`, search.candidate));
  for (const { size, search } of swarms) found.push(await describe(`${symbol}${size}-1, standard swarm`, search.candidate));
  const paperSets = [];
  for (const set of published) paperSets.push({ set, ...(await describe(`paper's ${set.name}`, withSet(base, set))) });

  const optimised = found.filter(({ name: label }) => !label.startsWith("default"));
  const tables = [
    `### Optimised sets (${judge} set)`,
    setTable(base, found, optimised, published),
    "### Trained on energies, and again with forces",
    forceTable([...found, ...paperSets], published),
    "### Trained models",
    "Losses in meV/atom, force errors in meV/Å / 30 included.",
    strategyTable([...groups, ...swarms.map(({ size, search }) => ({ label: `standard swarm, n = l = ${size}`, first: [search] }))]),
  ];
  session.write(name, { found, paperSets, groups, others, swarms, structures: { train: train.nStructures, test: test.nStructures } }, tables.join("\n\n"));
}

const bestOf = (searches) => searches.reduce((best, search) => (bestLoss(search) < bestLoss(best) ? search : best));

function withSize(base, size) {
  const candidate = structuredClone(base);
  Object.assign(candidate.model.terms[0].descriptor, { nMax: size, lMax: size });
  return candidate;
}

function includingForces(candidate) {
  const copy = structuredClone(candidate);
  copy.fit.sigma = { ...copy.fit.sigma, forces: FORCE_SIGMA };
  return copy;
}

function setTable(base, found, optimised, published) {
  const columns = [
    ...published.map((set) => ({ ...set, name: `${set.name}, paper`, candidate: withSet(base, set), kernels: set })),
    ...found.filter(({ name }) => name.startsWith("default")),
    ...optimised,
  ];
  const row = (label, write) => [label, ...columns.map(write)];
  return table(
    ["", ...columns.map(({ name }) => name)],
    [
      ...parameterRows(columns.map(({ candidate }) => candidate), { forces: false }),
      row("kernel mean", ({ kernels }) => number(kernels.mean)),
      row("kernel std", ({ kernels }) => number(kernels.std)),
      row("kernel skewness", ({ kernels }) => number(kernels.skewness, 1)),
      row("Γ_E (meV/atom)", ({ energyRmse }) => milli(energyRmse)),
      row("Γ_F (meV/Å)", ({ forcesRmse }) => milli(forcesRmse, 0)),
      row("Γ_E + Γ_F/30", ({ energyRmse, forcesRmse }) => milli(energyRmse + forcesRmse / 30)),
    ],
  );
}

function forceTable(entries, published) {
  const cells = ({ energyRmse, forcesRmse, withForces }) => [milli(energyRmse), milli(withForces.energyRmse), milli(forcesRmse, 0), milli(withForces.forcesRmse, 0)];
  const head = ["set", "Γ_E, E only (meV/atom)", "Γ_E, E and F", "Γ_F, E only (meV/Å)", "Γ_F, E and F"];
  return table(head, [...published.map((set) => [`${set.name}, in the paper`, ...cells(set)]), ...entries.map((entry) => [entry.name, ...cells(entry)])]);
}
