import { poolForms } from "../compose/pool.js";
import { poolOf } from "../compose/schema.js";
import { fitOf } from "../compose/data-evaluator.js";
import { planComposedFit } from "../fit/composed/estimate.js";
import { printNotation } from "../models/composed/notation.js";
import { countParameters, layoutParameters } from "../models/composed/parameters.js";
import { formatBytes } from "../wasm/memory.js";
import type { ComposeJob } from "./compose-files.js";
import { formatDuration } from "./progress.js";
import { formatTable } from "./table.js";

/** What `--dry-run` prints. */
export function planText({ config, data: { train, test }, validation, files }: ComposeJob, threads: number): string {
  const { compose } = config;
  const nSpecies = train.species().length;
  const forms = poolForms(poolOf(compose), config.model);
  const plans = forms.map((form) => ({ form, plan: planComposedFit(fitOf({ ...config }, form), train, threads) }));
  const { budget: { candidates, time }, limits } = compose;
  const rows = plans.map(({ form, plan: { seconds } }) => {
    const { linear, nonLinear } = countParameters(layoutParameters(form, nSpecies));
    return [printNotation(form), `${linear} + ${nonLinear}`, formatDuration(seconds)];
  });
  return [
    `trained on   ${train.nStructures} structures, judged on ${validation.nStructures}${test ? `, tested on ${test.nStructures}` : ""}`,
    `pairs        ${plans[0].plan.outline.find(({ label }) => label === "pairs")?.text ?? ""}`,
    `rows         ${plans[0].plan.outline.find(({ label }) => label === "rows")?.text ?? ""}`,
    `limits       ${limits.functions} functions of a basis, ${limits.exponents} exponents, ${limits.terms} terms, ${limits.parameters} parameters`,
    `budget       ${[...(candidates === undefined ? [] : [`${candidates} candidates`]), ...(time === undefined ? [] : [formatDuration(time)])].join(", ") || "none: until no move is accepted"}`,
    `memory       about ${formatBytes(Math.max(...plans.map(({ plan: { bytes } }) => bytes)))}`,
    "",
    formatTable([["pool", "parameters", "about"], ...rows]),
    "",
    `model → ${files.model}, fit file → ${files.fitFile}, journal → ${files.journal}${files.report === undefined ? "" : `, report → ${files.report}`}`,
  ].join("\n");
}
