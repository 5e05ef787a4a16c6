import { z } from "zod";
import type { ParameterPath } from "../../parameter-path.js";
import type { ParameterValue } from "./search-space.js";

const scalar = z.union([z.number(), z.string(), z.boolean()]);
const bound = z.union([z.number(), z.string().min(1)]);

/** Which keys belong together; the first one names the kind. */
const keysOfKind = {
  range: ["from", "to", "scale", "integer", "step"],
  values: ["values", "categorical"],
  fixed: ["value"],
  tie: ["same", "factor", "plus", "integer"],
} as const;

const describeKinds = "a range (from, to), a list (values), one value (value) or another parameter (same)";

/** What may stand behind one path of `tune.parameters`. */
export const parameterSchema = z
  .strictObject({
    from: bound.optional().describe("Lower end of a range: a number, or the path of a parameter"),
    to: bound.optional().describe("Upper end of a range: a number, or the path of a parameter"),
    scale: z.enum(["linear", "log"]).optional().describe("log: equal ratios are equal steps; default: linear"),
    integer: z.boolean().optional().describe("Whole numbers only"),
    step: z.number().positive().optional().describe("Distance of the values of a range, counted from its lower end"),
    values: z.array(scalar).min(1).optional().describe("The values to choose from: numbers are ordered, texts and booleans are not"),
    categorical: z.boolean().optional().describe("Whether numbers of a list are without order; default: false"),
    value: scalar.optional().describe("A value that is set and not searched"),
    same: z.string().min(1).optional().describe("Path of the parameter that this one follows"),
    factor: z.number().optional().describe("Of the parameter that this one follows; default: 1"),
    plus: z.number().optional().describe("Added to the parameter that this one follows; default: 0"),
    when: z
      .record(z.string().min(1), z.union([scalar, z.array(scalar).min(1)]))
      .optional()
      .describe("Searched only where these parameters have these values; elsewhere the value of the file stays"),
  })
  .superRefine((given, context) => {
    const issue = (message: string, path: ParameterPath = []): void => void context.addIssue({ code: "custom", message, path: [...path] });
    const has = (key: string): boolean => given[key as keyof typeof given] !== undefined;
    const kinds = [
      ...(has("from") || has("to") ? (["range"] as const) : []),
      ...(has("values") ? (["values"] as const) : []),
      ...(has("value") ? (["fixed"] as const) : []),
      ...(has("same") ? (["tie"] as const) : []),
    ];
    if (kinds.length !== 1) return issue(`write either ${describeKinds}${kinds.length > 1 ? `, not ${kinds.length} of them` : ""}`);
    const [kind] = kinds;
    for (const key of Object.keys(given)) {
      if (has(key) && key !== "when" && !(keysOfKind[kind] as readonly string[]).includes(key)) {
        issue(`"${key}" does not go with "${keysOfKind[kind].find(has)}"; this kind of parameter has ${keysOfKind[kind].join(", ")}, when`, [key]);
      }
    }
    if (kind === "range") checkRange(given, issue);
    if (kind === "values") checkValues(given.values!, given.categorical, issue);
  });

type ParameterOptions = z.output<typeof parameterSchema>;

/** The map under `tune.parameters`: what is searched, by its path in the fit file. */
export const parametersSchema = z
  .record(z.string().min(1), parameterSchema)
  .refine((parameters) => Object.keys(parameters).length > 0, {
    message: "name at least one parameter, for example model.terms.0.kernel.zeta: { from: 2, to: 10 }",
  });

/** The `parameters` of a search: rules by path. */
export type ParametersOptions = z.output<typeof parametersSchema>;

type Report = (message: string, path?: ParameterPath) => void;

function checkRange({ from, to, scale, integer, step }: ParameterOptions, issue: Report): void {
  if (from === undefined || to === undefined) return issue(`a range needs both ends; "${from === undefined ? "from" : "to"}" is missing`);
  if (integer && step !== undefined && !Number.isInteger(step)) issue(`${step} is not a whole number, but the parameter is an integer`, ["step"]);
  if (typeof from === "number" && scale === "log" && from <= 0) {
    issue(`is ${from}; a logarithmic range starts above 0`, ["from"]);
  }
  if (typeof from === "number" && typeof to === "number" && from >= to) {
    issue(`is ${to}; it must lie above "from" (${from})${from === to ? "; for one value write { value: … }" : ""}`, ["to"]);
  }
}

function checkValues(values: readonly ParameterValue[], categorical: boolean | undefined, issue: Report): void {
  if (values.length === 1) issue(`there is nothing to choose from; write { value: ${JSON.stringify(values[0])} } to set it`, ["values"]);
  const twice = values.findIndex((value, index) => values.indexOf(value) < index);
  if (twice >= 0) issue(`${JSON.stringify(values[twice])} is given twice`, ["values", twice]);
  if (categorical === false && values.some((value) => typeof value !== "number")) {
    issue("only numbers have an order; leave it out", ["categorical"]);
  }
}
