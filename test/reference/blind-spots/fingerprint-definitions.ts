// Fingerprints as the files define them, by strings of QUIP, in words, or as objects.
import { createEnvironmentDescriptor, type Descriptor, descriptorNames } from "../../../src/descriptors/index.js";
import { expectKnown } from "../not-there.js";
import { fromQuip } from "../quip.js";

/** A descriptor, and those of its columns that the reference has. */
export interface ReferenceFingerprint {
  readonly descriptor: Descriptor;
  /** In the order of the reference. */
  readonly columns: readonly number[];
}

type Definition = string | Readonly<Record<string, unknown>>;

/** Carbon and hydrogen: all environments are those of methane. */
export const species: readonly number[] = [1, 6];

/**
 * Fingerprints by name; undefined for what the program does not have.
 * @throws {Error} for a definition that is not understood
 */
export function readDefinitions(definitions: Readonly<Record<string, Definition>>): Map<string, ReferenceFingerprint | undefined> {
  const found = new Map<string, ReferenceFingerprint | undefined>();
  let lastString = "";
  for (const [name, definition] of Object.entries(definitions)) {
    if (typeof definition === "string") {
      const [text] = definition.split("(");
      if (text.startsWith("DScribe")) {
        found.set(name, dscribe(definition));
        continue;
      }
      lastString = text.startsWith("the same with ") ? merged(lastString, text.slice("the same with ".length)) : text.trim();
      found.set(name, quip(lastString));
    } else found.set(name, "nc" in resolved(definition, definitions) ? overlapMatrix(resolved(definition, definitions)) : symmetryFunctions(resolved(definition, definitions)));
  }
  return found;
}

/** A definition that builds on another. */
function resolved({ as, ...own }: Readonly<Record<string, unknown>>, all: Readonly<Record<string, Definition>>): Readonly<Record<string, unknown>> {
  return as === undefined ? own : { ...resolved(all[as as string] as Readonly<Record<string, unknown>>, all), ...own };
}

/** The options of a string with some of them changed. */
function merged(text: string, changes: string): string {
  const options = changes.trim().split(/\s+/u).map((option) => option.split("="));
  return options.reduce((result, [key, value]) => (result.includes(`${key}=`) ? result.replace(new RegExp(`\\b${key}=\\S+`, "u"), `${key}=${value}`) : `${result} ${key}=${value}`), text);
}

function quip(text: string): ReferenceFingerprint {
  const { descriptor, columns } = fromQuip(text, species, (name) => name);
  const made = createEnvironmentDescriptor(descriptor as { type: string }, "this test");
  return { descriptor: made, columns: columns ? [...columns] : Array.from({ length: made.featureCount(species) }, (_, f) => f) };
}

/** "DScribe convention, rbf gto, n_max 4, l_max 6, sigma 0.3, r_cut 2.5, hydrogen channel only (H-H block)" */
function dscribe(text: string): ReferenceFingerprint {
  const [options] = text.split("(");
  const parts = options.split(",").map((part) => part.trim()).filter((part) => part !== "");
  expectKnown(text, parts.map((part) => part.replace(/ [\w.]+$/u, "")), ["DScribe", "rbf", "n_max", "l_max", "sigma", "r_cut", "hydrogen channel"]);
  const value = (key: string): string => {
    const part = parts.find((own) => own.startsWith(`${key} `));
    if (!part) throw new Error(`${text} does not say ${key}`);
    return part.slice(key.length + 1);
  };
  const shape = { basis: value("rbf"), nMax: Number(value("n_max")), lMax: Number(value("l_max")), sigma: Number(value("sigma")) };
  const descriptor = createEnvironmentDescriptor({ type: "soap", ...shape, cutoff: { radius: Number(value("r_cut")) }, species: ["H", "C"] }, "this test");
  return { descriptor, columns: ofHydrogen(descriptor) };
}

function symmetryFunctions(definition: Readonly<Record<string, unknown>>): ReferenceFingerprint {
  const keys = { g2: "G2 [eta,Rs]", g4: "G4 [eta,zeta,lambda]", g5: "G5 [eta,zeta,lambda]" };
  expectKnown("symmetry functions", Object.keys(definition), ["rCut", "cutoff", "order", ...Object.values(keys)]);
  const lists = Object.fromEntries(Object.entries(keys).map(([ours, theirs]) => [ours, definition[theirs] ?? []]));
  const cutoff = { radius: definition.rCut, function: definition.cutoff };
  const descriptor = createEnvironmentDescriptor({ type: "acsf", cutoff, ...lists, species: ["H", "C"] }, "this test");
  return { descriptor, columns: ofHydrogen(descriptor) };
}

/** Columns that know nothing of carbon. */
function ofHydrogen(descriptor: Descriptor): number[] {
  return descriptor.features(species).flatMap(({ channel }, f) => (channel.every((symbol) => symbol === "H") ? [f] : []));
}

function overlapMatrix(definition: Readonly<Record<string, unknown>>): ReferenceFingerprint | undefined {
  expectKnown("overlap matrix", Object.keys(definition), ["Rc", "nc", "rCov", "orbitals"]);
  if (!descriptorNames.includes("overlap-matrix")) return undefined;
  const { Rc, nc, rCov, orbitals } = definition as { Rc: number; nc: number; rCov: object; orbitals: string };
  const parameters = { type: "overlap-matrix", orbitals: orbitals === "s" ? "s" : "sp", cutoff: { radius: Rc, exponent: nc }, widths: rCov, maxNeighbors: 4 };
  expectKnown("overlap matrix", [orbitals], ["s", "s,px,py,pz"]);
  const descriptor = createEnvironmentDescriptor(parameters, "this test");
  return { descriptor, columns: Array.from({ length: descriptor.featureCount(species) }, (_, f) => f) };
}
