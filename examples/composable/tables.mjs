// The generated part of the page: from results.json alone.
import { table } from "../recipes/tables.mjs";
import { atOtherVolumes, correlationsOf, fixed, kappaOf, METRICS, probability } from "./claims.mjs";
import { isProduct, isSum, titleOf } from "./models.mjs";
import { publishedOf } from "./published.mjs";
import { rankCorrelation } from "./statistics.mjs";

export function pageTables(results) {
  const { potentials, bipartite, claims } = results;
  const singles = potentials.filter(({ name }) => !isProduct(name) && !isSum(name));
  const duals = potentials.filter((own) => !singles.includes(own));
  const correlations = correlationsOf(potentials);
  return [
    "## Claims, tested", claimTable(claims),
    "## Single terms (tables 3 and 5)", singleTable(singles),
    "## Two terms (tables 4 and 6)", dualTable(duals), nullText(potentials),
    "## Where double precision ends", precisionText(potentials), precisionTable(potentials),
    ...(correlations ? ["## Does κ predict instability?", correlationTable(correlations), digitsText(potentials), instabilityTable(potentials)] : []),
    "## Variable projection beside the published scheme", schemeTable(potentials, bipartite), timeText([...potentials, ...bipartite]),
  ].join("\n\n").concat("\n");
}

function claimTable(claims) {
  return table(["claim of the paper", "verdict", "what was found"], claims.map(({ claim, verdict, found }) => [claim, `**${verdict}**`, found]));
}

const errorHeader = ["ε_θ", "ε_A", "ε_F", "ε_E", "test ε_F", "test ε_E", "ε_F, paper", "ε_E, paper"];

function errorCells({ name, train, test }) {
  const paper = publishedOf(name);
  const cells = [fixed(train.angle, 3), fixed(train.amplitude, 3), fixed(train.forces, 4), milli(train.energy), fixed(test.forces, 4), milli(test.energy)];
  return [...cells, paper ? fixed(paper.forces, 3) : "", paper ? milli(paper.energy) : ""];
}

function milli(energy) {
  return fixed(1000 * energy, 1);
}

function singleTable(potentials) {
  const rows = potentials.map((own) => {
    const { linear, all } = own.fisher.sample.sets;
    return [titleOf(own.name), `${own.linear}, ${own.nonLinear}`, kappa(linear), all ? kappa(all) : "", paperKappa(own), ...errorCells(own)];
  });
  return table(["", "linear, other", "κ linear", "κ all", "κ, paper", ...errorHeader], rows);
}

function dualTable(potentials) {
  const rows = potentials.map((own) => {
    const { linear, left, right, all } = own.fisher.sample.sets;
    const paper = publishedOf(own.name);
    return [titleOf(own.name), `${own.linear}, ${own.nonLinear}`, [linear, left, right].map(kappa).join(" / "), kappa(all), paper ? [paper.kappa, paper.left, paper.right].map((value) => fixed(value, 1)).join(" / ") : "", ...errorCells(own)];
  });
  return table(["", "linear, other", "κ linear / left / right", "κ all", "κ, paper", ...errorHeader], rows);
}

/** Directions that are left out of κ. */
function nullText(potentials) {
  const own = potentials.filter(({ fisher }) => fisher.sample.sets.linear.nullModes > 0).map(({ name, fisher }) => `${titleOf(name)} ${fisher.sample.sets.linear.nullModes}`);
  return own.length > 0 ? `Null directions beside the gauge of a product: ${own.join(", ")}.` : "There are no null directions beside the gauge of a product.";
}

function kappa({ log10Kappa, isCertain }) {
  return `${isCertain ? "" : "≥ "}${fixed(log10Kappa, 1)}`;
}

function paperKappa({ name }) {
  const paper = publishedOf(name);
  return paper ? fixed(paper.kappa, 1) : "";
}

/** Of the sample, against all structures where a double J tells. */
function precisionText(potentials) {
  const told = potentials.filter((own) => own.fisher.all.digits > 0 && own.fisher.all.log10Kappa.singularValues <= 26);
  const differences = told.map((own) => Math.abs(own.fisher.all.log10Kappa.singularValues - kappaOf(own)));
  const [{ fisher: { all, sample } }] = potentials;
  return `κ is that of ${sample.structures} of ${all.structures} structures (${sample.rows} of ${all.rows} rows). Of ${told.length} potentials a double J of all structures tells log₁₀κ too (up to 26): it differs by ${fixed(Math.max(...differences), 2)} at most.`;
}

function precisionTable(potentials) {
  const shown = potentials.filter(({ name }) => /^(?:C\d+|G8|G18|E\[G8L4\]|N\[E\[G8L4\]\]|G8 x G8|G8 x E\[G8L4\]|E\[G8L4\] \+ .*|E\[G8L8\])$/.test(name) || potentials.length < 10);
  const rows = shown.map(({ name, linear, fisher: { sample: { log10Kappa, bits } } }) => [titleOf(name), linear, ...[log10Kappa.eigenvaluesOfJTJ, log10Kappa.singularValues, log10Kappa.high].map((value) => (value === null ? "none" : fixed(value, 2))), bits]);
  return table(["", "parameters", "eigenvalues of a double JᵀJ", "singular values of a double J", "high precision", "bits"], rows);
}

function correlationTable(correlations) {
  const cell = ({ rho, p }) => `${fixed(rho, 2)} (${probability(p)})`;
  const counts = correlations[0];
  return table(
    ["instability read as", `κ, all ${counts.all.n}`, `κ, G and C (${counts.linear.n})`, `κ, E, N and E ⊕ N (${counts.exponential.n})`, `κ, products (${counts.products.n})`, "κ of the scaled matrix", "number of linear parameters"],
    correlations.map(({ title, all, linear, exponential, products, scaled, size }) => [title, ...[all, linear, exponential, products, scaled, size].map(cell)]),
  );
}

/** Linear solutions drop singular values of a J with columns of norm 1 below 10⁻¹² of the largest, which bounds coefficients where κ is above about 10²⁴. */
function digitsText(potentials) {
  const [below, above] = [true, false].map((isBelow) => potentials.filter((own) => kappaOf(own) <= 24 === isBelow));
  const digits = (own) => own.map(({ instability }) => instability.lostDigits);
  const range = (own) => `${fixed(Math.min(...digits(own)), 1)} to ${fixed(Math.max(...digits(own)), 1)}`;
  const within = (own) => rankCorrelation(own.map((one) => [kappaOf(one), one.instability.lostDigits]));
  const [first, second] = [within(below), within(above)];
  return `Linear solutions drop singular values below 10⁻¹² of the largest, so that coefficients cannot grow with κ for ever: forces of the ${below.length} potentials with κ up to 10²⁴ lose ${range(below)} digits (ρ = ${fixed(first.rho, 2)}, p ${probability(first.p)}), those of the ${above.length} others ${range(above)} (ρ = ${fixed(second.rho, 2)}, p ${probability(second.p)}).`;
}

function instabilityTable(potentials) {
  const rows = potentials.map((own) => {
    const { test, strained, coefficients, lostDigits } = own.instability;
    const share = ({ difference, forces }) => percent(difference / forces);
    return [titleOf(own.name), fixed(kappaOf(own), 1), percent(coefficients), share(test), share(strained["0.9"]), share(strained["1.1"]), fixed(atOtherVolumes(own.groups, "forces"), 2), fixed(atOtherVolumes(own.groups, "energy"), 2), fixed(lostDigits, 1)];
  });
  return table(["", "log₁₀κ", "coefficients", "test forces", "lengths × 0.9", "lengths × 1.1", "other volumes, ε_F", "other volumes, ε_E", "lost digits"], rows);
}

function percent(share) {
  return `${Number((100 * share).toPrecision(2))} %`;
}

function schemeTable(potentials, bipartite) {
  const rows = bipartite.flatMap(({ name, loss, train, solutions, seconds }) => {
    const own = potentials.find((one) => one.name === name);
    if (!own) return [];
    return [[titleOf(name), fixed(loss, 1), fixed(own.loss, 1), `${fixed(100 * (1 - own.loss / loss), 1)} %`, METRICS.slice(0, 2).map((metric) => shown(train, metric)).join(" / "), METRICS.slice(0, 2).map((metric) => shown(own.train, metric)).join(" / "), solutions, `${fixed(seconds, 0)} / ${fixed(own.seconds, 0)}`]];
  });
  return table(["", "loss, bipartite", "loss, variable projection", "lower by", "ε_F / ε_E, bipartite", "ε_F / ε_E, variable projection", "linear solutions, bipartite", "processor time, s"], rows);
}

function shown(train, metric) {
  return metric === "energy" ? milli(train.energy) : fixed(train[metric], 4);
}

function timeText(steps) {
  const minutes = steps.reduce((sum, { wallSeconds }) => sum + wallSeconds, 0) / 60;
  return `Trainings, Fisher information and halves together: ${fixed(minutes, 0)} minutes of wall time, two cores shared with other work.`;
}
