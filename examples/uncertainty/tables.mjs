// Tables and figures of the results.
import { renderFigure } from "../../dist/report/plots/render-svg.js";
import { significant, table } from "../recipes/tables.mjs";
import { elements, models } from "./models.mjs";

const kinds = [
  { key: "energy", title: "energies", unit: "meV/atom", scale: 1000 },
  { key: "forces", title: "forces", unit: "eV/Å", scale: 1 },
];
const calibrations = { none: "none", factor: "factor", floor: "factor and floor", outOfBag: "out of bag" };

export function tablesOf(results) {
  return Object.keys(elements)
    .flatMap((element) => {
      const own = results.filter((result) => result.element === element);
      return own.length > 0 ? [`### ${element}`, ...kinds.map((kind) => sizeTable(own, kind)), rankTable(own), costTable(own)] : [];
    })
    .join("\n\n")
    .concat("\n");
}

/** Sizes of the bars against those of the errors. */
function sizeTable(results, { key, title, unit, scale }) {
  const rows = results.flatMap(({ model, [key]: { testError, calibrations: judged } }) =>
    Object.entries(judged).map(([name, { factor, floor, size, ratio, within68, within95, negativeLogLikelihood }], i) => [
      ...(i === 0 ? [titleOf(model), significant(scale * testError, 3)] : ["", ""]),
      calibrations[name], name === "none" ? "" : significant(factor, 3), floor > 0 ? significant(scale * floor, 2) : "", significant(scale * size, 2), significant(ratio, 2), percent(within68), percent(within95), negativeLogLikelihood.toFixed(2),
    ]),
  );
  return table([title, `RMSE (${unit})`, "calibration", "factor", `floor (${unit})`, `size of bars (${unit})`, "errors / bars", "in 68 %", "in 95 %", "−ln p"], rows);
}

function rankTable(results) {
  const rows = results.map(({ model, energy, forces }) => [
    titleOf(model),
    ...[energy, forces].flatMap(({ ranking: { rankCorrelation, standardError, attainable, flagged } }, k) => [
      `${rankCorrelation.toFixed(2)}${k === 0 ? ` ± ${standardError.toFixed(2)}` : ""}`, attainable.toFixed(2), `${significant(kinds[k].scale * flagged.error, 2)} : ${significant(kinds[k].scale * flagged.rest, 2)}`,
    ]),
  ]);
  const header = (kind, unit) => [`${kind}: rank correlation`, "of right bars", `RMSE of the 10 % with the largest bars : of the rest (${unit})`];
  return table(["", ...header("energies", "meV/atom"), ...header("forces", "eV/Å")], rows);
}

function costTable(results) {
  const rows = results.map(({ model, fitSeconds, predictSeconds, counts: { testAtoms } }) => [titleOf(model), significant(fitSeconds, 2), significant((1000 * predictSeconds) / testAtoms, 2)]);
  return table(["", "fit, processor time (s)", "energy, forces and bars of an atom, processor time (ms)"], rows);
}

function titleOf(key) {
  return models.find((model) => model.key === key).title;
}

function percent(share) {
  return `${(100 * share).toFixed(0)} %`;
}

const axis = (field, title, more = {}) => ({ field, type: "quantitative", title, ...more });

/** SVG: errors of forces against calibrated bars. */
export async function binFigure(results) {
  const points = results.flatMap(({ element, model, forces }) => forces.bins.map(({ bar, error }) => ({ element, model: titleOf(model), x: bar, y: error })));
  const ends = [Math.min(...points.flatMap(({ x, y }) => [x, y])), Math.max(...points.flatMap(({ x, y }) => [x, y]))];
  const log = { scale: { type: "log", nice: false, domain: ends, padding: 6 }, axis: { tickCount: 5, format: "~g" } };
  return panels("Forces of the test data", "calibration-bins", points, {
    x: axis("x", "calibrated bar (eV/Å)", log),
    y: axis("y", "RMSE (eV/Å)", log),
    color: { field: "model", type: "nominal", title: null, sort: models.map(({ title }) => title), legend: { labelLimit: 0 } },
  }, ends);
}

/** SVG: shares of the errors of forces within intervals, of the committee that has every calibration. */
export async function coverageFigure(results) {
  const points = results
    .filter(({ model, forces }) => forces.calibrations.outOfBag && model.startsWith("gp"))
    .flatMap(({ element, forces }) => Object.entries(forces.calibrations).flatMap(([name, { coverage }]) => coverage.map(([x, y]) => ({ element, calibration: calibrations[name], x, y }))));
  const share = { scale: { domain: [0, 1] }, axis: { format: ".0%", tickCount: 5 } };
  return panels("Forces of the test data, GP, bootstrap", "calibration-coverage", points, {
    x: axis("x", "expected share", share),
    y: axis("y", "observed share", share),
    color: { field: "calibration", type: "nominal", title: null, sort: Object.values(calibrations), legend: { labelLimit: 0 } },
  }, [0, 1]);
}

/** One beside the other for each element, with the diagonal. */
async function panels(title, name, points, encoding, ends) {
  const own = (element) => ({
    title: element,
    width: 260,
    height: 260,
    layer: [
      { data: { values: ends.map((end) => ({ x: end, y: end })) }, mark: { type: "line", color: "#999", strokeDash: [4, 4] }, encoding: { x: encoding.x, y: encoding.y } },
      { data: { values: points.filter((point) => point.element === element) }, mark: { type: "line", strokeWidth: 1.5, point: { size: 24 } }, encoding },
    ],
  });
  const present = Object.keys(elements).filter((element) => points.some((point) => point.element === element));
  const spec = { title, hconcat: present.map(own) };
  const { svg } = await renderFigure({ name, description: title, caption: "", spec, width: 800 });
  return svg;
}
