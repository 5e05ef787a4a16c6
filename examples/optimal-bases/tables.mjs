// Tables and figures of the results.
import { renderFigure } from "../../dist/report/plots/render-svg.js";
import { significant, table } from "../recipes/tables.mjs";
import { elements, families } from "./bases.mjs";

export function tablesOf(sizes, results, kernels) {
  const accuracy = Object.keys(elements).flatMap((element) => {
    const own = results.filter((result) => result.element === element);
    return own.length > 0 ? [`#### ${element}`, accuracyTable(own)] : [];
  });
  return [...(sizes ? [sizeTable(sizes.rows), exponentTable(sizes.laws), pooledTable(sizes.laws)] : []), ...(results.length > 0 ? [equalTable(results)] : []), ...(kernels.length > 0 ? [kernelTable(kernels)] : []), ...accuracy].join("\n\n").concat("\n");
}

/** Some degrees of the weights that are usual. */
function sizeTable(rows) {
  const orders = [...new Set(rows.map(({ order }) => order))];
  const shown = rows.filter(({ lWeight, degree }) => lWeight >= 1 && lWeight <= 2 && degree % 2 === 0 && degree >= 8);
  const keys = [...new Set(shown.map(({ lWeight, degree }) => `${lWeight} ${degree}`))].map((key) => key.split(" ").map(Number)).sort(([a, c], [b, d]) => a - b || c - d);
  const cells = keys.map(([lWeight, degree]) => {
    const own = orders.map((order) => rows.find((row) => row.order === order && row.lWeight === lWeight && row.degree === degree));
    return [lWeight, degree, ...own.map((row) => (row ? `${row.full} → ${row.kept}` : "")), Math.max(...own.map((row) => row?.variables ?? 0))];
  });
  return table(["w_L", "degree", ...orders.map((order) => `order ${order}`), "variables"], cells);
}

function exponentTable({ each }) {
  const orders = [...new Set(each.map(({ order }) => order))];
  const rows = [...new Set(each.map(({ lWeight }) => lWeight))].map((lWeight) => [lWeight, ...orders.map((order) => exponent(each.find((law) => law.order === order && law.lWeight === lWeight)))]);
  return table(["w_L", ...orders.map((order) => `exponent, order ≤ ${order}`)], rows);
}

function exponent(law) {
  return law ? `${law.exponent.toFixed(2)} ± ${law.standardError.toFixed(2)} (to ${law.to})` : "";
}

function pooledTable({ pooled }) {
  const rows = pooled.map(({ exponent: alpha, standardError, bases, from, to }) => [`${from} … ${to}`, bases, `${alpha.toFixed(2)} ± ${standardError.toFixed(2)}`]);
  return table(["functions of the full basis", "bases", "exponent, orders 3 … 5, w_L 1 … 2"], rows);
}

/** Sizes at which families are compared: errors between those of their bases, along straight lines in logarithms. */
const SIZES = [30, 60, 100, 200, 300];

function equalTable(results) {
  const rows = Object.keys(elements).flatMap((element) =>
    families.flatMap((family) => {
      const own = results.filter((result) => result.element === element && result.family === family.key);
      if (own.length === 0) return [];
      return [[element, family.title, ...SIZES.map((size) => cell(own, size))]];
    }),
  );
  return table(["", "functions", ...SIZES.map(String)], rows);
}

function cell(results, size) {
  const points = meansOverSeeds(results);
  const [energy, forces] = [at(points, size, (point) => 1000 * point.energy), at(points, size, (point) => 1000 * point.forces)];
  return energy === undefined ? "" : `${significant(energy, 3)} / ${significant(forces, 3)}`;
}

/** undefined beyond the smallest and the largest */
function at(points, size, of) {
  const next = points.findIndex(({ functions }) => functions >= size);
  if (next < 0 || (next === 0 && points[0].functions > size)) return undefined;
  const [before, after] = [points[Math.max(next - 1, 0)], points[next]];
  if (before === after) return of(after);
  return of(before) * (of(after) / of(before)) ** (Math.log(size / before.functions) / Math.log(after.functions / before.functions));
}

/** Mean errors of the bases that differ in a seed only, by the number of functions. */
function meansOverSeeds(results) {
  const groups = new Map();
  for (const result of results) {
    const key = `${result.element} ${result.family} ${result.degree}`;
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return [...groups.values()]
    .map((own) => ({ ...own[0], energy: mean(own.map(({ energy }) => energy.mae)), forces: mean(own.map(({ forces }) => forces.mae)) }))
    .sort((a, b) => a.functions - b.functions);
}

function kernelTable(results) {
  const rows = results.map(({ element, basis, degree, functions, factor, energy, forces, seconds }) => [element, degree, basis, functions, factor, significant(1000 * energy, 3), significant(1000 * forces, 3), significant(seconds, 2)]);
  return table(["kernel", "degree", "basis", "functions", "length scale / √functions", "energy MAE (meV/atom)", "force MAE (meV/Å)", "fit, processor time (s)"], rows);
}

function accuracyTable(results) {
  const rows = results.map(({ family, degree, seed, functions, energy, forces, train, fitSeconds }) => [
    titleOf(family), seed === undefined ? degree : `${degree} (seed ${seed})`, functions, pair(1000 * energy.mae, 1000 * energy.rmse), pair(1000 * forces.mae, 1000 * forces.rmse), significant(1000 * train.energy.rmse, 3), significant(1000 * train.forces.rmse, 3), significant(fitSeconds, 2),
  ]);
  return table(["basis", "degree", "functions", "energy MAE / RMSE (meV/atom)", "force MAE / RMSE (meV/Å)", "training, energy RMSE", "training, force RMSE", "fit, processor time (s)"], rows);
}

const pair = (a, b) => `${significant(a, 3)} / ${significant(b, 3)}`;

function titleOf(key) {
  return families.find((family) => family.key === key).title;
}

/** SVG: kept against full, and the exponent from one basis to a larger one. */
export async function sizeFigure({ rows, slopes }) {
  const own = rows.filter(({ full, lWeight }) => full >= 10 && lWeight >= 1 && lWeight <= 2).map((row) => ({ ...row, series: `order ≤ ${row.order}` }));
  const local = slopes.filter(({ lWeight }) => lWeight >= 1 && lWeight <= 2).map((row) => ({ ...row, series: `order ≤ ${row.order}` }));
  const x = { field: "full", type: "quantitative", title: "functions of the full basis", scale: { type: "log" }, axis: { tickCount: 4, format: "~s" } };
  const color = { field: "series", type: "nominal", title: null };
  const shape = { field: "lWeight", type: "nominal", title: "w_L" };
  const spec = {
    title: "Functionally independent invariants of the atomic cluster expansion",
    hconcat: [
      { width: 300, height: 260, data: { values: own }, mark: { type: "point", size: 24 }, encoding: { x, y: { field: "kept", type: "quantitative", title: "kept", scale: { type: "log" }, axis: { tickCount: 4, format: "~s" } }, color, shape } },
      {
        width: 300,
        height: 260,
        layer: [
          { data: { values: [{ y: 0.75 }] }, mark: { type: "rule", color: "#999", strokeDash: [4, 4] }, encoding: { y: { field: "y", type: "quantitative" } } },
          { data: { values: local }, mark: { type: "point", size: 24 }, encoding: { x, y: { field: "slope", type: "quantitative", title: "local exponent", scale: { zero: false } }, color, shape } },
        ],
      },
    ],
  };
  const { svg } = await renderFigure({ name: "optimal-bases-sizes", description: "Functions kept against functions of the full basis", caption: "", spec, width: 900 });
  return svg;
}

/** Families of the figure: more would hide each other. */
const SHOWN = ["full", "by-order", "kept", "kept-pairs", "full-4"];

/** SVG: errors of the test data against the number of functions. */
export async function accuracyFigure(results) {
  const points = meansOverSeeds(results.filter(({ family }) => SHOWN.includes(family))).map(({ family, energy, forces, ...point }) => ({ ...point, basis: titleOf(family), energy: 1000 * energy, forces: 1000 * forces }));
  const present = Object.keys(elements).filter((element) => points.some((point) => point.element === element));
  const panel = (element, [field, title]) => ({
    title: element,
    width: 190,
    height: 190,
    data: { values: points.filter((point) => point.element === element) },
    mark: { type: "line", strokeWidth: 1.5, point: { size: 24 } },
    encoding: {
      x: { field: "functions", type: "quantitative", title: "functions", scale: { type: "log" }, axis: { tickCount: 4, format: "~s" } },
      y: { field, type: "quantitative", title, scale: { type: "log", nice: false, padding: 6 }, axis: { tickCount: 5, format: "~g" } },
      color: { field: "basis", type: "nominal", title: null, sort: families.map((family) => family.title), legend: { labelLimit: 0, orient: "bottom" } },
    },
  });
  const kinds = [["energy", "energy MAE (meV/atom)"], ["forces", "force MAE (meV/Å)"]];
  const spec = { title: "Linear potentials on full and on pruned bases", vconcat: kinds.map((kind) => ({ hconcat: present.map((element) => panel(element, kind)) })) };
  const { svg } = await renderFigure({ name: "optimal-bases-accuracy", description: "Errors of the test data against the number of functions", caption: "", spec, width: 1100 });
  return svg;
}
