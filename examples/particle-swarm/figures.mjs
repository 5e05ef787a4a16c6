// Figures of the C dimer as in the paper: how alike environments at two distances are, and how kernel values are distributed.
import { createDescriptor, describeStructures, kernelValue } from "../../dist/index.js";
import { renderFigure } from "../../dist/report/plots/render-svg.js";

const references = [0.8, 1.2, 1.6, 2.0, 2.4, 2.8, 3.6];
const PANEL = { width: 260, height: 150, columns: 2 };

/** Kernel of environments at 7 distances with those at all distances, one panel for each candidate. */
export async function similarityFigure(entries, executor) {
  const panels = [];
  for (const { name, candidate } of entries) panels.push({ name, rows: await similarities(candidate, executor) });
  const spec = {
    columns: PANEL.columns,
    concat: panels.map(({ name, rows }) => ({
      title: name,
      width: PANEL.width,
      height: PANEL.height,
      data: { values: rows },
      mark: { type: "line", strokeWidth: 1.5 },
      encoding: {
        x: { field: "distance", type: "quantitative", title: "C–C (Å)", scale: { domain: [0.8, 3.7], nice: false } },
        y: { field: "kernel", type: "quantitative", title: "kernel", scale: { zero: false } },
        color: { field: "reference", type: "ordinal", title: "compared with (Å)", scale: { scheme: "viridis" } },
      },
    })),
  };
  return drawn("c-dimer-similarity", "Kernel values between the environments of C dimers of different lengths", spec, 2 * PANEL.width + 190);
}

/** One histogram of kernel values for each entry. */
export async function kernelFigure(entries) {
  const spec = {
    columns: PANEL.columns,
    concat: entries.map(({ name, mean, std, histogram }) => ({
      title: { text: name, subtitle: `mean ${mean.toFixed(2)}, std ${std.toFixed(2)}` },
      width: PANEL.width,
      height: PANEL.height,
      data: { values: bars(histogram) },
      mark: { type: "bar", binSpacing: 0 },
      encoding: {
        x: { field: "from", type: "quantitative", title: "kernel", bin: { binned: true }, scale: { domain: [0, 1] } },
        x2: { field: "to" },
        y: { field: "share", type: "quantitative", title: "share per bin", axis: { format: ".0%" } },
      },
    })),
  };
  return drawn("c-dimer-kernels", "Histograms of kernel values between the environments of C dimers", spec, 2 * PANEL.width + 130);
}

async function similarities({ model }, executor) {
  const [{ descriptor, kernel }] = model.terms;
  const distances = Array.from({ length: 30 }, (_, i) => 0.8 + 0.1 * i);
  const structures = distances.map(dimer);
  const soap = createDescriptor(descriptor);
  const nFeatures = soap.featureCount([6]);
  const vectors = [];
  for await (const { nRows, values } of describeStructures(executor, soap, structures, { species: [6] })) {
    for (let row = 0; row < nRows; row += 2) vectors.push(values.slice(row * nFeatures, (row + 1) * nFeatures));
  }
  const { delta } = kernel;
  return references.flatMap((reference) => {
    const own = vectors[Math.round((reference - 0.8) / 0.1)];
    return vectors.map((vector, i) => ({
      reference: reference.toFixed(1),
      distance: distances[i],
      kernel: kernelValue(kernel, own, vector) / (delta * delta),
    }));
  });
}

function dimer(distance) {
  return {
    atomicNumbers: Uint8Array.of(6, 6),
    positions: Float64Array.of(0, 0, 0, 0, 0, distance),
    cell: null,
    pbc: [false, false, false],
    configType: "dimer",
    label: `${distance.toFixed(1)} Å`,
    targets: {},
    columns: [],
    info: new Map(),
  };
}

/** Five bins of the histogram in one bar. */
function bars({ from, to, counts }) {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const width = (to - from) / counts.length;
  return Array.from({ length: Math.ceil(counts.length / 5) }, (_, bar) => ({
    from: from + 5 * bar * width,
    to: from + 5 * (bar + 1) * width,
    share: counts.slice(5 * bar, 5 * bar + 5).reduce((sum, count) => sum + count, 0) / total,
  }));
}

async function drawn(name, description, spec, width) {
  const { svg } = await renderFigure({ name, description, caption: "", spec, width });
  return svg;
}
