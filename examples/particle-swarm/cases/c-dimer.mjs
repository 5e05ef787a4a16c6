// Tables 2 and 3 and figures 4 to 8 of the paper.
import { kernelFigure, similarityFigure } from "../figures.mjs";
import { dimer, naive, withSet } from "../published.mjs";
import { digest } from "../session.mjs";
import { strategyTable } from "../strategies.mjs";
import { milli, number, parameterRows, table } from "../tables.mjs";

const sizes = [6, 4];
const ofSize = (size) => [`model.terms[0].descriptor.nMax=${size}`, `model.terms[0].descriptor.lMax=${size}`];
const ofOptimizer = (stages, swarm) => stages.map((stage) => `tune.${stage}optimizer=${swarm}`);
/** The standard swarm of the package in place of the paper's. */
const standard = (particles) => `{type: particle-swarm, particles: ${particles}}`;

export async function run(session) {
  const { base, data } = await session.read("c-dimer-strategy-1.yaml");
  const dataset = data.train;
  const describe = async (candidate) => ({ ...(await session.kernels(candidate, dataset)), ...(await session.errors(candidate, dataset, dataset)) });
  const naiveSets = [];
  for (const set of naive) naiveSets.push({ set, found: await describe(withSet(base, { ...set, size: 6 })) });
  const paperSets = [];
  for (const set of dimer) paperSets.push({ set, found: await describe(withSet(base, set)) });

  const seeds = Array.from({ length: session.seeds ?? 5 }, (_, i) => i + 1);
  const groups = [];
  for (const size of sizes) {
    const first = [];
    const second = [];
    for (const seed of seeds) {
      const set = [...ofSize(size), `seed=${seed}`];
      first.push(digest(await session.search(`c-dimer-${size}-1-seed-${seed}`, "c-dimer-strategy-1.yaml", set)));
      second.push(digest(await session.search(`c-dimer-${size}-2-seed-${seed}`, "c-dimer-strategy-2.yaml", set)));
    }
    const { energyRmse, forcesRmse } = dimer.find(({ name }) => name === `S${size}-1`);
    groups.push({ label: `n = l = ${size}`, size, first, second, published: energyRmse + forcesRmse / 30 });
  }
  const swarms = [];
  for (const seed of seeds) {
    const set = [...ofSize(4), `seed=${seed}`, ...ofOptimizer([""], standard(16))];
    swarms.push(digest(await session.search(`c-dimer-4-1-standard-seed-${seed}`, "c-dimer-strategy-1.yaml", set)));
  }
  const others = [];
  for (const criterion of ["std", "entropy"]) {
    for (const size of sizes) {
      const set = [...ofSize(size), `tune.stages.0.objective.criterion=${criterion}`];
      others.push(digest(await session.search(`c-dimer-${size}-2-${criterion}`, "c-dimer-strategy-2.yaml", set)));
    }
  }

  const found = [];
  for (const { size, first, second } of groups) {
    // the first seed, as the paper shows one run of each
    found.push({ name: `S${size}-1`, candidate: first[0].candidate, ...(await describe(first[0].candidate)) });
    found.push({ name: `S${size}-2`, candidate: second[0].candidate, ...(await describe(second[0].candidate)) });
  }
  found.sort((a, b) => a.name.at(-1).localeCompare(b.name.at(-1)));
  const othersFound = [];
  for (const { name, candidate } of others) {
    const [, size, criterion] = /-(\d)-2-(.*)$/.exec(name);
    othersFound.push({ name: `S${size}-2 by ${criterion}`, candidate, ...(await describe(candidate)) });
  }

  const tables = [
    "### Table 2: naive sets",
    naiveTable(naiveSets),
    "### Table 3: optimised sets",
    optimisedTable(base, found),
    "### The paper's sets on this data",
    paperTable(paperSets),
    "### Stage 1 by other criteria",
    tailTable([...found.filter(({ name }) => name.endsWith("-2")), ...othersFound]),
    "### Trained models",
    "Losses in meV/atom, force errors in meV/Å / 30 included.\n",
    strategyTable([...groups, { label: "standard swarm, n = l = 4", first: swarms }]),
  ];
  await figures(session, base, found, othersFound);
  session.write("c-dimer", { naiveSets, paperSets, found, others: othersFound, groups, swarms }, tables.join("\n\n"));
}

function naiveTable(sets) {
  const head = ["", "mean, paper", "mean", "std, paper", "std", "skewness", "Γ_E (meV/atom)", "Γ_F (meV/Å)"];
  return table(
    head,
    sets.map(({ set, found }) => [
      set.name, number(set.mean, 3), number(found.mean, 3), number(set.std, 3), number(found.std, 3), number(found.skewness),
      milli(found.energyRmse), milli(found.forcesRmse),
    ]),
  );
}

function optimisedTable(base, found) {
  const columns = found.flatMap(({ name }) => {
    const set = dimer.find((entry) => entry.name === name);
    return [{ ...set, name: `${name}, paper`, candidate: withSet(base, set) }, found.find((entry) => entry.name === name)];
  });
  const row = (label, write) => [label, ...columns.map(write)];
  return table(
    ["", ...columns.map(({ name }) => name)],
    [
      ...parameterRows(columns.map(({ candidate }) => candidate)),
      row("kernel mean", ({ mean }) => number(mean)),
      row("kernel std", ({ std }) => number(std)),
      row("Γ_E (meV/atom)", ({ energyRmse }) => milli(energyRmse, 2)),
      row("Γ_F (meV/Å)", ({ forcesRmse }) => milli(forcesRmse, 1)),
    ],
  );
}

function paperTable(sets) {
  const head = ["set of the paper", "mean, paper", "mean", "std, paper", "std", "Γ_E, paper", "Γ_E (meV/atom)", "Γ_F, paper", "Γ_F (meV/Å)"];
  return table(
    head,
    sets.map(({ set, found }) => [
      set.name, number(set.mean), number(found.mean), number(set.std), number(found.std),
      milli(set.energyRmse), milli(found.energyRmse), milli(set.forcesRmse), milli(found.forcesRmse),
    ]),
  );
}

function tailTable(found) {
  const head = ["", "mean", "std", "skewness", "kernels below 0.1 or above 0.9", "Γ_E (meV/atom)", "Γ_F (meV/Å)"];
  return table(
    head,
    found.map(({ name, mean, std, skewness, histogram, energyRmse, forcesRmse }) => [
      name, number(mean), number(std), number(skewness), `${number(100 * tails(histogram), 0)} %`, milli(energyRmse, 2), milli(forcesRmse),
    ]),
  );
}

function tails({ counts }) {
  const sum = (values) => values.reduce((total, value) => total + value, 0);
  const tenth = Math.round(counts.length / 10);
  return (sum(counts.slice(0, tenth)) + sum(counts.slice(-tenth))) / sum(counts);
}

async function figures(session, base, found, others) {
  const two = naive.slice(0, 2).map((set) => ({ name: set.name, candidate: withSet(base, { ...set, size: 6 }) }));
  const shown = [...two, ...found.filter(({ name }) => name === "S4-1" || name === "S4-2")];
  session.replace("c-dimer-similarity.svg", await similarityFigure(shown, session.executor));
  const kernels = [];
  for (const entry of [...two, ...found.filter(({ name }) => name.startsWith("S4")), others.find(({ name }) => name === "S4-2 by std")]) {
    kernels.push({ name: entry.name, ...(entry.histogram ? entry : await session.kernels(entry.candidate, (await session.read("c-dimer-strategy-1.yaml")).data.train)) });
  }
  session.replace("c-dimer-kernels.svg", await kernelFigure(kernels));
}
