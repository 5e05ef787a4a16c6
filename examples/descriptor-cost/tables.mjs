// Tables of the results, as Markdown.
import { peers, theory } from "./sets.mjs";

const number = (value, digits = 3) => (typeof value === "number" && Number.isFinite(value) ? (Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(digits)) : "–");
const microseconds = (timing, unit = 1) => (timing ? number((1e6 * timing.median) / unit) : "–");
const withError = ({ mean, error } = {}) => (typeof mean === "number" ? `${number(mean)}${typeof error === "number" ? ` ± ${number(error, 1)}` : ""}` : "–");

function costTable({ descriptors }) {
  const rows = descriptors.flatMap(({ name, length, cost, information, onFront }) => {
    if (!cost) return [];
    const unit = cost.unit === "structure" ? cost.atomsPerUnit : 1;
    const { spectrum, learning } = information ?? {};
    const last = learning?.energy?.points.at(-1);
    return [[
      `${name}${onFront ? " *" : ""}`, length, microseconds(cost.values, unit), microseconds(cost.jacobian, unit), microseconds(cost.backward, unit),
      cost.peakShare === undefined ? "–" : `${Math.round(100 * cost.peakShare)} %`, withError(spectrum?.participationRatio), number(spectrum?.rank, 4), withError(last?.rmse),
    ]];
  });
  const unit = descriptors.find(({ information }) => information?.learning.energy)?.information.learning.energy.unit ?? "";
  return table(["descriptor", "columns", "values", "+ Jacobian", "+ backward", "of peak", "directions", "rank", `energy, ${unit}`], rows);
}

function scalingTable(results) {
  const rows = new Map();
  for (const { title, comparison } of results) {
    for (const { name, parameters, scaling } of comparison.descriptors) {
      for (const { variable, exponent, error, range } of scaling) {
        if (variable === "threads") continue;
        const key = `${name} ${variable}`;
        const row = rows.get(key) ?? { name, variable, theory: theory[parameters.type]?.[variable] ?? "–", found: {} };
        row.found[title] = `${exponent.toFixed(2)}${typeof error === "number" ? ` ± ${error.toFixed(2)}` : ""} (${number(range[0])}–${number(range[1])})`;
        rows.set(key, row);
      }
    }
  }
  const titles = results.map(({ title }) => title);
  return table(["descriptor", "by", "theory", ...titles], [...rows.values()].map((row) => [row.name, row.variable, row.theory, ...titles.map((title) => row.found[title] ?? "–")]));
}

function peerTable(results) {
  const rows = peers.rows.flatMap(({ set, descriptor, program, hasNeighbors, ...rates }) => {
    const result = results.find(({ key }) => key === set);
    const member = result?.comparison.descriptors.find(({ name }) => name === descriptor);
    if (!member?.cost) return [];
    const { gemm } = result.comparison.machine;
    return Object.entries(rates).map(([mode, rate]) => {
      const seconds = member.cost[mode].median + (hasNeighbors ? member.cost.neighbors.median : 0);
      const scaled = (rate * gemm) / peers.gemm;
      return [result.title, descriptor, `${mode}${hasNeighbors ? ", with neighbors" : ""}`, program, number(scaled / 1e3), number(1e-3 / seconds), `${number(1 / seconds / scaled)} ×`];
    });
  });
  return table(["data", "descriptor", "what", "program", "its rate, scaled, k/s", "ours, k/s", ""], rows);
}

/** All tables, one after the other. */
export function tablesOf(results) {
  const machine = results[0]?.comparison.machine;
  return [
    `${machine?.cpu}, one core, Node ${machine?.node}, build ${machine?.build}; best 128-bit arithmetic ${number(machine?.peak / 1e9)} GFLOP/s, products of matrices ${number(machine?.gemm / 1e9)} GFLOP/s.`,
    ...results.flatMap(({ title, comparison }) => [
      `### ${title}`,
      `${comparison.data.structures} structures, ${comparison.data.atoms} atoms of ${comparison.data.species.join(", ")}.`,
      costTable(comparison),
    ]),
    "### Beside others",
    peerTable(results),
    "### How times grow",
    scalingTable(results),
  ].join("\n\n").concat("\n");
}

function table(header, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}
