import { z } from "zod";
import { InternalError, InvalidParameterError } from "../errors.js";
import { rememberAttached } from "../parallel/attached.js";
import { suggestionFor } from "../suggestion.js";
import { validate } from "../validation.js";
import type { Wasm } from "../wasm/wasm.js";
import { aceType } from "./ace/ace.js";
import { acsfType } from "./acsf/acsf.js";
import { angle3bType } from "./angle-3b/angle-3b.js";
import { bispectrumType } from "./bispectrum/bispectrum.js";
import { clusterType } from "./cluster/cluster.js";
import { concatenationOf } from "./concatenation.js";
import type { DataKind, DescriptorCost, Preset } from "./cost.js";
import type { Descriptor, DescriptorAttachment, DescriptorEvaluator, DescriptorTables, DescriptorType } from "./descriptor.js";
import { distance2bType } from "./distance-2b/distance-2b.js";
import { standardized, standardizedAttachment } from "./environment-standardization.js";
import { localMbtrType } from "./many-body/local-mbtr.js";
import { mbtrType, valleOganovType } from "./many-body/mbtr.js";
import { coulombMatrixType } from "./matrices/coulomb-matrix.js";
import { ewaldSumMatrixType } from "./matrices/ewald-sum-matrix.js";
import { sineMatrixType } from "./matrices/sine-matrix.js";
import { averaged, outerAverageAttachment } from "./outer-average.js";
import { neighborCountAttachment } from "./overlap-matrix/neighbor-count.js";
import { overlapMatrixType } from "./overlap-matrix/overlap-matrix.js";
import { reducedAttachment } from "./reduction/evaluator.js";
import { reduced } from "./reduction/reduced.js";
import { requireEnvironments } from "./requirements.js";
import { soapType } from "./soap/soap.js";
import { soapTurboType } from "./soap-turbo/soap-turbo.js";
import { soapTurboExpansionType } from "./spherical-expansion/soap-turbo-expansion.js";
import { sphericalExpansionType } from "./spherical-expansion/spherical-expansion.js";
import { standardizedStructureAttachment, standardizedStructures } from "./structure-standardization.js";
import type {
  AnyDescriptor,
  StructureDescriptor,
  StructureDescriptorAttachment,
  StructureDescriptorEvaluator,
  StructureDescriptorTables,
  StructureDescriptorType,
} from "./structure-descriptor.js";

/** Every descriptor of centers, one line each; `averaged`: with the mean over a structure as an option. */
const centerTypes: readonly DescriptorType[] = [
  soapType,
  averaged(soapTurboType),
  averaged(localMbtrType),
  averaged(acsfType),
  averaged(bispectrumType),
  averaged(aceType),
  averaged(overlapMatrixType),
  averaged(clusterType),
  averaged(sphericalExpansionType),
  averaged(soapTurboExpansionType),
].map(withOptions);

/** What puts others side by side. */
const concatenationType = withOptions(averaged(concatenationOf(schemaOf(centerTypes), (parameters: WithType) => createFrom(centerTypes, parameters))));

/** Those with a row for each pair or triplet, which have no mean over a structure and nothing to stand beside. */
const tupleTypes: readonly DescriptorType[] = [distance2bType, angle3bType].map(withOptions);

/** Types of the descriptors of whole structures. */
export type StructureDescriptorName = "coulomb-matrix" | "ewald-sum-matrix" | "mbtr" | "sine-matrix" | "valle-oganov";

/** Every descriptor of whole structures, one line each. */
const structureTypes: Readonly<Record<StructureDescriptorName, StructureDescriptorType>> = {
  "coulomb-matrix": coulombMatrixType,
  "ewald-sum-matrix": ewaldSumMatrixType,
  mbtr: mbtrType,
  "sine-matrix": sineMatrixType,
  "valle-oganov": valleOganovType,
};

const types: readonly AnyType[] = [...centerTypes, ...tupleTypes, concatenationType, ...Object.values(structureTypes).map(standardizedStructures)];

/** Evaluators by name: those of all types, of what is made of other descriptors, and those that were registered. */
const attachments = new Map<string, DescriptorAttachment | StructureDescriptorAttachment>(
  [...types, neighborCountAttachment, outerAverageAttachment, reducedAttachment, standardizedAttachment, standardizedStructureAttachment].map((attachment) => [
    attachment.name,
    attachment,
  ]),
);

/** Names of the descriptors, as `type` in parameters. */
export const descriptorNames: readonly string[] = types.map(({ name }) => name);

/** Parameters of any descriptor, told apart by `type`. */
export const descriptorSchema = schemaOf(types);

export type DescriptorParameters = z.output<typeof descriptorSchema>;

/** The kind of descriptor that a `type` makes: either, where the program cannot know the type before it runs. */
export type DescriptorOf<Type extends string> = string extends Type ? AnyDescriptor : Type extends StructureDescriptorName ? StructureDescriptor : Descriptor;

/**
 * Makes a descriptor from parameters with a `type`.
 * @throws {InvalidParameterError} for an unknown type or a parameter that is not allowed
 */
export function createDescriptor<Type extends string>(parameters: { readonly type: Type } & Record<string, unknown>): DescriptorOf<Type> {
  return createFrom(types, parameters) as DescriptorOf<Type>;
}

/**
 * The same where only environments of atoms will do.
 * @param purpose what needs them, plural
 * @throws {InvalidParameterError} also for descriptors of whole structures
 */
export function createEnvironmentDescriptor(parameters: { readonly type: string } & Record<string, unknown>, purpose: string): Descriptor {
  const descriptor: AnyDescriptor = createDescriptor(parameters);
  requireEnvironments(descriptor, purpose);
  return descriptor;
}

/**
 * Makes the evaluators of a descriptor that is not part of the package known to this thread: call it in a module that `taskModules` of
 * the executor names, so that every thread does.
 */
export function registerDescriptor(attachment: DescriptorAttachment | StructureDescriptorAttachment): void {
  attachments.set(attachment.name, attachment);
}

/** Binds tables to the calling thread's instance of the WebAssembly module, or finds them bound. */
export function attachDescriptor(wasm: Wasm, tables: DescriptorTables): DescriptorEvaluator {
  return rememberAttached(wasm, tables.serial, () => {
    const type = attachments.get(tables.descriptor);
    if (!type || type.describes === "structures") throw unknownTables(tables.descriptor);
    return type.attach(wasm, tables, (part) => attachDescriptor(wasm, part));
  });
}

/** The same for tables of a descriptor of whole structures. */
export function attachStructureDescriptor(wasm: Wasm, tables: StructureDescriptorTables): StructureDescriptorEvaluator {
  return rememberAttached(wasm, tables.serial, () => {
    const type = attachments.get(tables.descriptor);
    if (type?.describes !== "structures") throw unknownTables(tables.descriptor);
    return type.attach(wasm, tables, (part) => attachStructureDescriptor(wasm, part));
  });
}

/** What is known of the cost of a descriptor; undefined for what is made of others, and for what was registered. */
export function descriptorCost(name: string): DescriptorCost | undefined {
  return types.find((type) => type.name === name)?.cost;
}

/** What there is to suggest for some data, of all types in their order. */
export function descriptorPresets(data: DataKind): Preset[] {
  return types.flatMap(({ cost }) => cost?.presets(data) ?? []);
}

function unknownTables(name: string): InternalError {
  return new InternalError(`no descriptor "${name}" is known to this thread: register it in a module that taskModules names`);
}

/** Fewer columns, then standardized ones. */
function withOptions(type: DescriptorType): DescriptorType {
  return standardized(reduced(type));
}

type AnyType = DescriptorType | StructureDescriptorType;
type WithType = { readonly type: string } & Record<string, unknown>;

function schemaOf(of: readonly AnyType[]): z.ZodDiscriminatedUnion<[DescriptorType["schema"]]> {
  return z.discriminatedUnion("type", of.map(({ schema }) => schema) as [DescriptorType["schema"]]);
}

function createFrom<Kind extends AnyType>(of: readonly Kind[], parameters: WithType): ReturnType<Kind["create"]> {
  const type = of.find(({ name }) => name === parameters.type);
  if (type) {
    // with the keys that all types share, for messages
    validate(type.schema, parameters, { what: type.name });
    return type.create(parameters) as ReturnType<Kind["create"]>;
  }
  const names = of.map(({ name }) => name);
  throw new InvalidParameterError(
    `unknown descriptor "${parameters.type}"; there ${names.length === 1 ? "is" : "are"} ${names.join(", ")}${suggestionFor(parameters.type, names)}`,
  );
}
