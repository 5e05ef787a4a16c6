// Figures of the results, as SVG.
import { renderFigure } from "../../dist/report/plots/render-svg.js";
import { kappaOf, READINGS } from "./claims.mjs";
import { families, familyOf, titleOf } from "./models.mjs";

const quantitative = (field, title, more = {}) => ({ field, type: "quantitative", title, ...more });
const logarithmic = { scale: { type: "log", nice: false, padding: 8 }, axis: { tickCount: 5, format: "~g" } };
const family = { field: "family", type: "nominal", title: null, scale: { domain: families, scheme: "tableau10" } };
const marks = { ...family, scale: { domain: families, range: ["circle", "cross", "square", "diamond", "triangle-up", "triangle-down", "triangle-right"] } };

/** By name; those that the potentials do for. */
export async function figuresOf({ potentials }) {
  return { errors: await errorFigure(potentials), spectra: await spectrumFigure(potentials), instability: await instabilityFigure(potentials) };
}

/** Errors against the number of parameters. */
function errorFigure(potentials) {
  const values = potentials.map((own) => ({ family: familyOf(own.name), size: own.linear + own.nonLinear, forces: own.train.forces, energy: 1000 * own.train.energy, amplitude: own.train.amplitude, angle: own.train.angle }));
  const panel = (field, title) => ({
    width: 260,
    height: 200,
    mark: { type: "point", filled: true, size: 60, opacity: 0.85 },
    encoding: { x: quantitative("size", "parameters, linear and other", logarithmic), y: quantitative(field, title, logarithmic), color: family, shape: marks },
  });
  const rows = [[["forces", "ε_F (eV/Å)"], ["energy", "ε_E (meV/atom)"]], [["amplitude", "ε_A (eV/Å)"], ["angle", "ε_θ (rad)"]]];
  return figure("composable-errors", "Training errors against the number of parameters", { data: { values }, vconcat: rows.map((row) => ({ hconcat: row.map((one) => panel(...one)) })) }, 700);
}

/** Groups of spectra beside each other, as the paper has them. */
const GROUPS = [
  ["G8", "G10", "G12", "G18"],
  ["C8", "C16", "C24", "C40"],
  ["E[G4L4]", "E[G4L8]", "E[G8L4]", "N[E[G8L4]]"],
  ["G8", "G8 x G8", "E[G8L4]", "G8 x E[G8L4]"],
  ["E[G8L4]", "N[E[G8L4]]", "E[G8L4] + N[E[G8L4]]", "E[G8L8]"],
];

/** Eigenvalues of the linear parameters, as shares of the largest. */
function spectrumFigure(potentials) {
  const of = (name) => potentials.find((own) => own.name === name);
  const present = GROUPS.map((names) => names.filter(of)).filter((names) => names.length > 1);
  const groups = present.length > 0 ? present : [potentials.map(({ name }) => name)];
  const panels = groups.map((names, k) => ({
    width: 34 * names.length,
    height: 280,
    layer: [
      { data: { values: [{ y: -15 }] }, mark: { type: "rule", color: "#999", strokeDash: [4, 4] }, encoding: { y: { field: "y", type: "quantitative" } } },
      {
        data: { values: names.flatMap((name) => relativeSpectrum(of(name)).map((value) => ({ name: titleOf(name), value, family: familyOf(name) }))) },
        mark: { type: "tick", width: 26, thickness: 1.5 },
        encoding: { x: { field: "name", type: "nominal", title: null, sort: null, axis: { labelAngle: -90, labelLimit: 0 } }, y: quantitative("value", k === 0 ? "log₁₀ λ/λ_max" : null), color: { ...family, legend: null } },
      },
    ],
  }));
  return figure("composable-spectra", "Eigenvalues of the Fisher information of linear parameters", { hconcat: panels, resolve: { scale: { y: "shared" } } }, 34 * groups.flat().length + 64 * (groups.length - 1));
}

function relativeSpectrum({ fisher }) {
  const values = fisher.sample.sets.linear.log10Eigenvalues;
  return values.filter((value) => value !== null).map((value) => value - values[0]);
}

/** Readings that are shown, with titles that are short enough. */
const SHOWN = {
  coefficients: "coefficients of halves",
  test: "forces of halves: test",
  compressed: "forces of halves: × 0.9",
  stretched: "forces of halves: × 1.1",
  volumes: "ε_F at other volumes",
  digits: "digits lost"
};

/** Readings of instability against κ. */
function instabilityFigure(potentials) {
  const shown = READINGS.filter(({ key, of }) => key in SHOWN && potentials.every((own) => Number.isFinite(of(own))));
  const panel = ({ key, of }) => ({
    title: { text: SHOWN[key], fontSize: 12 },
    width: 250,
    height: 180,
    data: { values: potentials.map((own) => ({ family: familyOf(own.name), kappa: kappaOf(own), value: of(own) })) },
    mark: { type: "point", filled: true, size: 50, opacity: 0.85 },
    encoding: { x: quantitative("kappa", "log₁₀κ", { scale: { zero: false } }), y: quantitative("value", null, key === "digits" ? {} : logarithmic), color: family, shape: marks },
  });
  return figure("composable-instability", "What κ tells of instability", { vconcat: [shown.slice(0, 3), shown.slice(3)].map((row) => ({ hconcat: row.map(panel) })) }, 1010);
}

async function figure(name, title, spec, width) {
  const { svg } = await renderFigure({ name, description: title, caption: "", spec: { title, ...spec }, width });
  return svg;
}
