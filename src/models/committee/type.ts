import { z } from "zod";
import { FormatError, InternalError } from "../../errors.js";
import type { Wasm } from "../../wasm/wasm.js";
import { decodeEnergies, encodeEnergies, energiesSchema, parseContent } from "../local-energy/content.js";
import { decodePart, encodePart, type PartContent, partSchema } from "../model-parts.js";
import type { Model, ModelContent, ModelType, NamedArray, PartTypes, Provenance } from "../model-type.js";
import type { PotentialTables } from "../potential.js";
import { CommitteeEvaluator } from "./evaluator.js";
import { CommitteeModel, type CommitteeTables, originSchema } from "./model.js";

const parametersSchema = z.object({
  origin: originSchema,
  center: partSchema.nullable(),
  members: z.array(partSchema),
  /** eV by chemical symbol; absent: not known */
  spreadLimits: energiesSchema.optional(),
  /** Arrays that are equal to one before, by name: members often have their sparse points in common. */
  sameAs: z.record(z.string(), z.string()),
});

function encode(model: Model, types: PartTypes): ModelContent {
  if (!(model instanceof CommitteeModel)) throw new InternalError(`a ${model.type} model is not a committee`);
  const { origin, center, members, species, spreadLimits } = model;
  const arrays: NamedArray[] = [];
  const sameAs: Record<string, string> = {};
  const part = (own: Model, name: string): z.input<typeof partSchema> => {
    const encoded = encodePart(name, types.encode(own));
    for (const array of encoded.arrays) {
      const equal = arrays.find((other) => isEqual(other, array));
      if (equal) sameAs[array.name] = equal.name;
      else arrays.push(array);
    }
    return encoded.parameters;
  };
  const parameters: z.input<typeof parametersSchema> = {
    origin,
    center: center ? part(center, "center") : null,
    members: members.map((member, k) => part(member, memberName(k))),
    ...(spreadLimits && { spreadLimits: encodeEnergies(species, spreadLimits) }),
    sameAs,
  };
  return { parameters, arrays };
}

function decode({ parameters, arrays }: ModelContent, provenance: Provenance, file: string, types: PartTypes): CommitteeModel {
  const { origin, center, members, sameAs, spreadLimits } = parseContent(parametersSchema, parameters, file);
  const all = new Map(arrays.map((array) => [array.name, array]));
  for (const [name, other] of Object.entries(sameAs)) {
    const found = all.get(other);
    if (!found) throw new FormatError({ file }, `the array "${other}" is missing`);
    all.set(name, { ...found, name });
  }
  const part = (own: PartContent, name: string): Model => types.decode(decodePart(name, own, [...all.values()]), file);
  const model = new CommitteeModel({ origin, center: center ? part(center, "center") : undefined, members: members.map((member, k) => part(member, memberName(k))), provenance });
  return spreadLimits ? model.withSpreadLimits(decodeEnergies(model.species, spreadLimits)) : model;
}

function memberName(member: number): string {
  return `members[${member}]`;
}

function isEqual(a: NamedArray, b: NamedArray): boolean {
  return a.shape.join() === b.shape.join() && a.values.every((value, i) => Object.is(value, b.values[i]));
}

export const committeeType: ModelType = {
  type: "committee",
  encode,
  decode,
  attach: (wasm: Wasm, tables: PotentialTables, types: PartTypes) => new CommitteeEvaluator(wasm, tables as CommitteeTables, types),
};
