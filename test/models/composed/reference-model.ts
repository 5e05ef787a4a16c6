import type { ClusterBasis, ClusterCutoff } from "../../../src/descriptors/cluster/basis.js";
import { layoutParameters } from "../../../src/models/composed/parameters.js";
import type { ComposedForm, ComposedNode } from "../../../src/models/composed/tree.js";
import type { PlainStructure } from "./plain-basis.js";

interface FileNode {
  readonly op: ComposedNode["op"];
  readonly basis?: string;
  readonly c?: unknown;
  readonly xi?: readonly number[];
  readonly shift?: readonly number[];
  readonly left?: FileNode;
  readonly right?: FileNode;
}

type FileBasis = Omit<ClusterBasis, "species"> & { readonly species?: ClusterBasis["species"]; readonly weights?: unknown };

/** A model of the reference values with what it gives for the structure of its file. */
export interface ReferenceModel {
  readonly name: string;
  readonly model: { readonly cutoff: ClusterCutoff; readonly bases: Readonly<Record<string, FileBasis>>; readonly tree: FileNode };
  /** Names in the order of the gradients. */
  readonly parameters: readonly string[];
  readonly energy: number;
  readonly atomEnergies: readonly number[];
  readonly forces: readonly (readonly number[])[];
  readonly virial: readonly (readonly number[])[];
  readonly energyGradient: readonly number[];
  readonly forceProjectionGradient: readonly number[];
  /** Of atom 0 by basis. */
  readonly features: Readonly<Record<string, readonly number[]>>;
}

/** A file of models on one structure. */
export interface ReferenceModels {
  readonly structure: { readonly numbers: readonly number[]; readonly positions: readonly (readonly number[])[]; readonly cell: readonly (readonly number[])[]; readonly pbc: readonly boolean[] };
  readonly models: readonly ReferenceModel[];
}

/** The structure with species indices, and the atomic numbers that these stand for. */
export function referenceStructure({ structure }: ReferenceModels): { structure: PlainStructure; atomicNumbers: number[] } {
  const atomicNumbers = [...new Set(structure.numbers)].sort((a, b) => a - b);
  return { structure: { ...structure, species: structure.numbers.map((z) => atomicNumbers.indexOf(z)) }, atomicNumbers };
}

/** Form and values of a model, exactly as its tree says: also where sharing or shifts are other than the notation's. */
export function referenceForm({ model: { cutoff, bases, tree } }: ReferenceModel, nSpecies: number): { form: ComposedForm; values: Float64Array } {
  const names = Object.keys(bases);
  const nodeOf = ({ op, basis = "", xi = [], shift, left, right }: FileNode): ComposedNode => {
    const hasShift = shift !== undefined;
    if (op === "sum" || op === "product") return { op, hasShift, left: nodeOf(left!), right: nodeOf(right!) };
    if (op === "linear") return { op, hasShift, basis: names.indexOf(basis) };
    return { op, hasShift, basis: names.indexOf(basis), nExponents: xi.length };
  };
  const form: ComposedForm = {
    cutoff,
    bases: names.map((name) => ({ ...bases[name], species: bases[name].species ?? (bases[name].weights === undefined ? "alike" : "weights") })),
    root: nodeOf(tree),
  };
  const values = layoutParameters(form, nSpecies).parameters.map(({ name }) => valueNamed(name, { bases, tree }, names));
  return { form, values: Float64Array.from(values) };
}

/** Of `b.weights[0,1]` or `root.left.c[2,0]`. */
function valueNamed(name: string, { bases, tree }: Pick<ReferenceModel["model"], "bases" | "tree">, names: readonly string[]): number {
  const [, owner, key, subscripts] = /^(.*)\.(\w+)(?:\[(.*)\])?$/u.exec(name)!;
  const [first, ...steps] = owner.split(".");
  const holder = first === "root" ? steps.reduce((node, side) => node[side as "left"]!, tree) : bases[names["abcdefghijklmnopqrstuvwxyz".indexOf(first)]];
  const value = (subscripts?.split(",") ?? []).reduce((part, index) => (part as Readonly<Record<string, unknown>>)[index], (holder as unknown as Readonly<Record<string, unknown>>)[key]);
  if (typeof value !== "number") throw new Error(`the file has no number ${name}`);
  return value;
}
