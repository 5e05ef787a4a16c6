import { z } from "zod";
import { createDescriptor } from "../../descriptors/registry.js";
import { kernelSchema } from "../../kernels/registry.js";
import { arrayOf, decodeEnergies, encodeEnergies, energiesSchema, parseContent, speciesSchema, termContentSchema } from "../local-energy/content.js";
import type { ModelContent, NamedArray } from "../model-type.js";
import type { KernelRidgeErrorBars, KernelRidgeOptions, KernelRidgeTarget } from "./options.js";
import type { KernelRidgeTerm, TermJacobians } from "./term.js";

const parametersSchema = z.object({
  species: speciesSchema,
  isolatedAtomEnergies: energiesSchema.nullable(),
  targets: z.array(z.object({ name: z.string(), unit: z.string(), mean: z.number(), atomValues: energiesSchema.optional() })).min(1),
  terms: z.array(termContentSchema.extend({ kernel: kernelSchema, pairs: z.enum(["same-element", "all"]), normalize: z.boolean(), derivatives: z.boolean() })),
  errorBars: z.object({ scale: z.number(), prior: z.number(), size: z.int(), weights: z.array(z.number()) }).nullable(),
  residualNoise: z.object({ energy: z.number().optional(), perAtom: z.boolean(), forces: z.number().optional() }).optional(),
});

type Content = Omit<KernelRidgeOptions, "provenance">;

/** What a model file holds of a model. */
export function encodeKernelRidge({ species, isolatedAtomEnergies, targets, terms, errorBars, residualNoise }: Content): ModelContent {
  const parameters: z.input<typeof parametersSchema> = {
    species: [...species],
    isolatedAtomEnergies: isolatedAtomEnergies ? encodeEnergies(species, isolatedAtomEnergies) : null,
    targets: targets.map(({ name, unit, mean, atomValues }) => ({ name, unit, mean, ...(atomValues && { atomValues: encodeEnergies(species, atomValues) }) })),
    terms: terms.map(({ descriptor, kernel, centers, pairs, normalize, directions }) => ({
      descriptor: { ...descriptor.parameters, type: descriptor.name }, centers: centers && [...centers], kernel, pairs, normalize, derivatives: directions !== null,
    })),
    errorBars: errorBars && { scale: errorBars.scale, prior: errorBars.prior, size: errorBars.size, weights: errorBars.factors.map(({ weight }) => weight) },
    ...(residualNoise && { residualNoise }),
  };
  const arrays = [
    ...targets.map(({ coefficients }, t) => line(`targets[${t}].coefficients`, coefficients)),
    ...terms.flatMap(termArrays),
    ...(errorBars?.factors ?? []).map(({ values }, f) => line(`errorBars.factors[${f}]`, values)),
  ];
  return { parameters, arrays };
}

function line(name: string, values: ArrayLike<number>): NamedArray {
  return { name, shape: [values.length], values: Float64Array.from(values) };
}

function termArrays({ rows, structures, atomicNumbers, norms, directions, jacobians }: KernelRidgeTerm, t: number): NamedArray[] {
  const shape = [structures.length, structures.length === 0 ? 0 : rows.length / structures.length];
  const name = (what: string): string => `terms[${t}].${what}`;
  return [
    { name: name("rows"), shape, values: rows },
    line(name("structures"), structures),
    line(name("atomicNumbers"), atomicNumbers),
    ...(norms ? [line(name("norms"), norms)] : []),
    ...(directions ? [{ name: name("directions"), shape, values: directions }] : []),
    ...(jacobians ? jacobianKeys.map((key) => line(name(`jacobians.${key}`), jacobians[key])) : []),
  ];
}

const jacobianKeys = ["values", "offsets", "places", "energies"] as const satisfies (keyof TermJacobians)[];

/** @throws {FormatError | InvalidParameterError} when the content is not one of these models */
export function decodeKernelRidge({ parameters, arrays }: ModelContent, file: string): Content {
  const { species, isolatedAtomEnergies, targets, terms, errorBars, residualNoise } = parseContent(parametersSchema, parameters, file);
  const has = (name: string): boolean => arrays.some((array) => array.name === name);
  const whole = (name: string): Int32Array => Int32Array.from(arrayOf(arrays, name, file));
  const jacobiansOf = (t: number): TermJacobians => {
    const name = (key: (typeof jacobianKeys)[number]): string => `terms[${t}].jacobians.${key}`;
    return { values: arrayOf(arrays, name("values"), file), offsets: whole(name("offsets")), places: whole(name("places")), energies: whole(name("energies")) };
  };
  return {
    species,
    isolatedAtomEnergies: isolatedAtomEnergies ? decodeEnergies(species, isolatedAtomEnergies) : undefined,
    targets: targets.map(({ atomValues, ...target }, t): KernelRidgeTarget => ({ ...target, atomValues: atomValues && decodeEnergies(species, atomValues), coefficients: arrayOf(arrays, `targets[${t}].coefficients`, file) })),
    terms: terms.map(({ descriptor, derivatives, ...term }, t): KernelRidgeTerm => ({
      ...term,
      descriptor: createDescriptor(descriptor),
      rows: arrayOf(arrays, `terms[${t}].rows`, file),
      structures: whole(`terms[${t}].structures`),
      atomicNumbers: whole(`terms[${t}].atomicNumbers`),
      norms: term.normalize ? arrayOf(arrays, `terms[${t}].norms`, file) : null,
      directions: derivatives ? arrayOf(arrays, `terms[${t}].directions`, file) : null,
      jacobians: has(`terms[${t}].jacobians.values`) ? jacobiansOf(t) : null,
    })),
    errorBars: errorBars && errorBarsOf(errorBars, (f) => arrayOf(arrays, `errorBars.factors[${f}]`, file)),
    residualNoise,
  };
}

function errorBarsOf(
  { weights, ...numbers }: NonNullable<z.output<typeof parametersSchema>["errorBars"]>, factor: (index: number) => Float64Array,
): KernelRidgeErrorBars {
  return { ...numbers, factors: weights.map((weight, f) => ({ weight, values: factor(f) })) };
}
