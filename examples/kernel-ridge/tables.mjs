// Tables and figure of the results.
import { fitPowerLaw, units } from "../../dist/index.js";
import { renderFigure } from "../../dist/report/plots/render-svg.js";
import { significant, table } from "../recipes/tables.mjs";
import { published, representations, sets } from "./recipes.mjs";

/** @param results of points, in order */
export function tablesOf(results) {
  return sets
    .flatMap(({ key, title }) => {
      const own = results.filter(({ set }) => set === key);
      return own.length > 0 ? [`### ${title}`, errorTable(own), costTable(own)] : [];
    })
    .join("\n\n")
    .concat("\n");
}

function errorTable(results) {
  const sizes = sizesOf(results);
  const rows = curvesOf(results).map(({ title, points }) => {
    const law = fitPowerLaw(points.map(({ size, mae }) => [size, mae]));
    const cells = sizes.map((size) => {
      const point = points.find((candidate) => candidate.size === size);
      return point ? `${significant(1000 * point.mae, 3)} (${significant(point.mae / units.kcalPerMol, 3)})` : "–";
    });
    return [title, ...cells, law ? law.exponent.toFixed(2) : "–"];
  });
  return table(["MAE in meV (kcal/mol) after training on", ...sizes.map((size) => `${size} molecules`), "exponent"], rows);
}

/** Of the largest number of molecules of each representation. */
function costTable(results) {
  const rows = curvesOf(results).map(({ title, points }) => {
    const { size, runs } = points.at(-1);
    const of = (read) => meanOf(runs.map(read));
    return [
      title, size, runs.length, significant(1000 * of((run) => run.rmse), 3), significant(1000 * of((run) => run.maeStandardError), 2), significant(1000 * of((run) => run.leaveOneOutMae), 3),
      significant(of((run) => run.fitSeconds), 2), significant((1000 * of((run) => run.predictSeconds)) / runs[0].test, 2), significant(of((run) => run.peakWasmBytes) / 1e6, 2),
    ];
  });
  return table(
    [
      "", "molecules", "seeds", "RMSE (meV)", "standard error of the MAE (meV)", "MAE of training molecules left out (meV)", "scan and fit, processor time (s)",
      "a prediction, processor time (ms)", "numerical memory (MB)",
    ],
    rows,
  );
}

function sizesOf(results) {
  return [...new Set(results.map(({ size }) => size))].sort((a, b) => a - b);
}

/** Means over the seeds. */
function curvesOf(results) {
  return representations.flatMap(({ key, title }) => {
    const own = results.filter(({ representation }) => representation === key);
    if (own.length === 0) return [];
    const points = sizesOf(own).map((size) => {
      const runs = own.filter((run) => run.size === size);
      return { size, runs, mae: meanOf(runs.map(({ mae }) => mae)) };
    });
    return [{ title, points }];
  });
}

function meanOf(numbers) {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

/** SVG; undefined without results */
export async function curveFigure(results) {
  if (results.length === 0) return undefined;
  const { set } = results[0];
  const { title } = sets.find(({ key }) => key === set);
  const measured = curvesOf(results).flatMap(({ title: name, points }) => points.map(({ size, mae }) => ({ name, size, mae: 1000 * mae })));
  const others = published.filter((curve) => curve.set === set).flatMap(({ title: name, points }) => points.map(([size, mae]) => ({ name, size, mae: 1000 * mae })));
  const names = [...new Set([...measured, ...others].map(({ name }) => name))];
  const axis = (field, label) => ({ field, type: "quantitative", title: label, scale: { type: "log", nice: false, padding: 8 }, axis: { tickCount: 6, format: "~s" } });
  const spec = {
    title: `Atomization energies of ${title}`,
    width: 400,
    height: 300,
    data: { values: [...measured, ...others] },
    mark: { type: "line", strokeWidth: 1.5, point: { size: 36 } },
    encoding: {
      x: axis("size", "molecules that were trained on"),
      y: axis("mae", "MAE (meV)"),
      color: { field: "name", type: "nominal", title: null, sort: names, legend: { labelLimit: 0 } },
      ...(others.length > 0 && { strokeDash: { condition: { test: `indexof(${JSON.stringify(others.map(({ name }) => name))}, datum.name) >= 0`, value: [5, 4] }, value: [1, 0] } }),
    },
  };
  const { svg } = await renderFigure({ name: `kernel-ridge-${set}`, description: `Learning curves of ${title}`, caption: "", spec, width: 600 });
  return svg;
}
