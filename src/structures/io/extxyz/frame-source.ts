import type { StructureSource } from "../../structure.js";
import type { FrameColumns } from "./columns.js";
import { FORMAT_NAME } from "./properties.js";
import type { FrameTargets } from "./targets.js";

/** Undefined when all targets stand under their plain names, and nothing else is unusual, as in most files. */
export function sourceOf(
  { keys, virialSource }: Pick<FrameTargets, "keys" | "virialSource">,
  forcesKey: string | undefined,
  realKeys: StructureSource["realKeys"],
  columns: FrameColumns["sources"],
): StructureSource | undefined {
  const { energy = "energy", virial = "virial" } = keys;
  const isPlain = energy === "energy" && virial === "virial" && (forcesKey ?? "forces") === "forces";
  if (isPlain && !virialSource && !realKeys && !columns) return undefined;
  return {
    format: FORMAT_NAME,
    ...(!isPlain && { targetKeys: { ...keys, ...(forcesKey !== undefined && { forces: forcesKey }) } }),
    ...(virialSource && { virial: virialSource }),
    ...(realKeys && { realKeys }),
    ...(columns && { columns }),
  };
}
