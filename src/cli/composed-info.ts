import { clusterFeatureCount } from "../descriptors/cluster/basis.js";
import type { ComposedModel } from "../models/composed/model.js";
import { basisName, countParameters } from "../models/composed/parameters.js";
import { formatNumber } from "./table.js";

/** What `pestle info --json` says of the terms of a composed potential, beside its parameters. */
export function composedRecord(model: ComposedModel): object {
  return { notation: model.notation(), sizes: countParameters(model.layout), values: Object.fromEntries(model.layout.parameters.map(({ name }, k) => [name, model.values[k]])) };
}

/** The terms, their sizes as published tables count them, and each basis with its values. */
export function composedLines(model: ComposedModel): string[] {
  const { linear, nonLinear } = countParameters(model.layout);
  const { radius, function: name } = model.form.cutoff;
  return [
    `terms      ${model.notation()}`,
    `size       ${linear} linear, ${nonLinear} non-linear parameters`,
    `bases      ${name} at ${radius} Å`,
    ...model.form.bases.map((_, b) => `${"".padEnd(11)}${basisLine(model, b)}`),
  ];
}

function basisLine({ form, values, layout, species }: ComposedModel, b: number): string {
  const basis = form.bases[b];
  const { alpha, beta } = layout.bases[b];
  const functions = `${basis.size} ${basis.radial === "gaussian" ? "Gaussians" : "Chebyshev polynomials"}`;
  const exponents = alpha < 0 ? "" : `, α ${formatNumber(values[alpha], 6)} Å⁻², β ${formatNumber(values[beta], 6)}`;
  const bodies = basis.body === 2 ? "pairs" : `triplets, degrees ${basis.degrees!.join(", ")}`;
  const mode = species.length > 1 ? `, species ${basis.species}` : "";
  return `${basisName(b)}: ${functions} of ${bodies}${exponents}${mode}, ${clusterFeatureCount(basis, species.length)} functions of a site`;
}
