// Figures of the results, as SVG.
import { renderFigure } from "../../dist/report/plots/render-svg.js";
import { choicesOf, pointsOf } from "./tables.mjs";
import { experiments } from "./experiments.mjs";
import { fingerprints } from "./fingerprints.mjs";

const titleOf = (key) => fingerprints.find((fingerprint) => fingerprint.key === key).title;
const quantitative = (field, title, more = {}) => ({ field, type: "quantitative", title, ...more });

/** Variation of fingerprints and the energy of four bodies along the softest paths. */
export async function pathFigure(paths) {
  const points = Object.entries(paths).flatMap(([key, { points: own }]) => own.map(({ pathLength, variation, energy }) => ({ name: titleOf(key), pathLength, variation, energy })));
  const panel = (field, title, scale) => ({
    width: 300,
    height: 220,
    mark: { type: "line", strokeWidth: 1.5 },
    encoding: {
      x: quantitative("pathLength", "path length (Å)"),
      y: quantitative(field, title, { scale }),
      color: { field: "name", type: "nominal", title: null, sort: Object.keys(paths).map(titleOf), legend: { labelLimit: 0, orient: "bottom", columns: 2 } },
    },
  });
  const energy = panel("energy", "E₄", { zero: false });
  const variation = { ...panel("variation", "|F − F₀|", { type: "log", domainMin: 1e-5, clamp: true }), transform: [{ filter: "datum.pathLength > 0" }] };
  return figure("blind-spots-paths", "Softest paths from one methane: energy of four bodies, and what the fingerprint sees", { data: { values: points }, hconcat: [energy, variation] }, 800);
}

/** Every point of the scans: errors on the manifold against those of ordinary frames. */
export async function scanFigure(learning) {
  const shown = ["soap-8", "ace-3"].filter((key) => learning.some(({ fingerprint }) => fingerprint === key));
  const added = ["none", "first-16", "first-160"].map((key) => experiments.find((experiment) => experiment.key === key));
  const panelOf = (key) => {
    const results = added.flatMap(({ key: experiment, title }) => learning.filter((result) => result.fingerprint === key && result.experiment === experiment).map((result) => ({ title, result })));
    const values = results.flatMap(({ title, result }) => {
      const { chosen, oracle } = choicesOf(result);
      const kind = ({ ofMedian, lambda }) => (ofMedian === chosen.ofMedian && lambda === chosen.lambda ? "best on ordinary frames" : ofMedian === oracle.ofMedian && lambda === oracle.lambda ? "best on M1" : "other");
      return pointsOf(result).map((point) => ({ title, x: point.validation, y: point.first, kind: kind(point) }));
    }).filter(({ x, y }) => x < 10 && y < 10);
    return {
      title: titleOf(key),
      width: 300,
      height: 300,
      data: { values: values.sort((a, b) => (a.kind === "other" ? 0 : 1) - (b.kind === "other" ? 0 : 1)) },
      mark: { type: "point", filled: true, opacity: 0.8 },
      encoding: {
        x: quantitative("x", "RMSE of ordinary frames", { scale: { type: "log", nice: false, padding: 8 }, axis: { tickCount: 5, format: "~g" } }),
        y: quantitative("y", "RMSE on M1", { scale: { type: "log", nice: false, padding: 8 }, axis: { tickCount: 5, format: "~g" } }),
        color: { field: "title", type: "nominal", title: "added", sort: added.map(({ title }) => title) },
        shape: { field: "kind", type: "nominal", title: "length scale and λ", scale: { domain: ["best on ordinary frames", "best on M1", "other"], range: ["diamond", "triangle-up", "circle"] }, legend: { labelLimit: 0 } },
        size: { condition: { test: "datum.kind === 'other'", value: 14 }, value: 130 },
        stroke: { condition: { test: "datum.kind === 'other'", value: null }, value: "#000" },
      },
    };
  };
  return figure("blind-spots-scan", "Length scales and λ of the scans", { hconcat: shown.map(panelOf) }, 850);
}

async function figure(name, title, spec, width) {
  const { svg } = await renderFigure({ name, description: title, caption: "", spec: { title, ...spec }, width });
  return svg;
}
