import { dirname, join } from "node:path";
import { InvalidParameterError } from "../../errors.js";
import { type WriteComposedOptions, type WrittenComposed, writeComposedModel } from "../../interop/composed/write-model.js";
import { loadModel } from "../../models/model-file.js";
import { checkOutput } from "../../output-file.js";
import { refuseToReplace } from "../paths.js";
import type { Session, SessionOptions } from "../session.js";

/** Flags of `pestle export-composed`. */
export interface ExportComposedFlags extends SessionOptions, WriteComposedOptions {
  readonly output?: string;
}

/** Runs `pestle export-composed`: tables for LAMMPS where a composed potential is one of pairs or embedded atoms, else JSON with a reader in Python. */
export async function runExportComposed(session: Session, path: string, { output, format, points, nearest }: ExportComposedFlags): Promise<void> {
  if (output === undefined) throw new InvalidParameterError("no output is given; add for example -o model.json");
  await checkOutput(output);
  await refuseToReplace(output, [path]);
  const given = { ...(format !== undefined && { format }), ...(points !== undefined && { points }), ...(nearest !== undefined && { nearest }) };
  const written = await writeComposedModel(output, await loadModel(path), given);
  const files = written.files.map((name) => join(dirname(output), name));
  session.result({ output, ...written, files }, textOf(written, files));
}

function textOf({ format, lammps, keptReader, missingAtomEnergies = {}, pairErrors, setflErrors, nearest = {} }: WrittenComposed, files: readonly string[]): string {
  const missing = Object.entries(missingAtomEnergies).filter(([, energy]) => energy !== 0);
  return [
    `potential → ${files.join(", ")} (${format})`,
    ...(pairErrors ? [`tables: pair functions to ${size(pairErrors.value)} eV, forces to ${size(pairErrors.slope)} eV/Å`] : []),
    ...(setflErrors
      ? [
          `tables: pair functions to ${size(setflErrors.pair.value)} eV, forces to ${size(setflErrors.pair.slope)} eV/Å; densities to ${size(setflErrors.density.value)} of the largest; embedding energies to ${size(setflErrors.embedding.value)} eV`,
          `up to the density of a close packing with neighbors at ${Object.entries(nearest).map(([symbol, distance]) => `${Number(distance.toPrecision(3))} Å (${symbol})`).join(", ")}`,
        ]
      : []),
    ...(missing.length > 0 ? [`the table leaves out, for each atom: ${missing.map(([symbol, energy]) => `${symbol} ${energy} eV`).join(", ")}`] : []),
    ...(keptReader ? ["composed.py beside it was changed, and stays as it is; without it a new one is written"] : []),
    ...(lammps.length > 0 ? ["in LAMMPS, with atom types in this order:", ...lammps.map((line) => `  ${line}`)] : ["in Python: from composed import evaluate"]),
  ].join("\n");
}

function size(value: number): string {
  return value.toExponential(0);
}
