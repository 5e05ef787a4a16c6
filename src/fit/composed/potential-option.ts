import { z } from "zod";
import { type ClusterBasis, isSameBasis, type SpeciesMode } from "../../descriptors/cluster/basis.js";
import { InvalidParameterError } from "../../errors.js";
import { parseNotation, type NotatedForm } from "../../models/composed/notation.js";
import { type ComposedNode, isLeaf, withUsualShifts } from "../../models/composed/tree.js";

/** Larger numbers are slips of the keyboard. */
const LARGEST = 999;

const basisRecordSchema = z.strictObject({
  name: z.string().min(1).optional().describe("by which other terms share the basis, with its parameters"),
  radial: z.enum(["gaussian", "chebyshev"]).describe("Gaussians with even-tempered exponents αβ^ν, or Chebyshev polynomials"),
  size: z.number().int().min(1).max(LARGEST).describe("radial functions N"),
  degrees: z.array(z.number().int().min(0).max(LARGEST)).min(1).optional().describe("of Legendre polynomials of the angle; given: the basis is three-body"),
});

const basisSchema = z.union([z.string().min(1), basisRecordSchema]);

const exponentialSchema = z.strictObject({
  basis: basisSchema.describe("what the exponentials are of, or the name of the basis of another term"),
  exponents: z.number().int().min(1).max(LARGEST).describe("L, exponents ξ of each function"),
});

/** The basis of a term of a tree. */
export interface BasisRecordOption {
  /** By which other terms share the basis, with its parameters. */
  readonly name?: string | undefined;
  /** Gaussians with even-tempered exponents αβ^ν, or Chebyshev polynomials. */
  readonly radial: "gaussian" | "chebyshev";
  /** Radial functions N. */
  readonly size: number;
  /** Of Legendre polynomials of the angle; given: the basis is three-body. */
  readonly degrees?: readonly number[] | undefined;
}

/** The basis of a term of a tree, or the name that another term gives it. */
export type BasisOption = string | BasisRecordOption;

/** Exponentials of the functions of a basis. */
export interface ExponentialOption {
  /** What the exponentials are of. */
  readonly basis: BasisOption;
  /** L, exponents ξ of each function. */
  readonly exponents: number;
}

/** A part of a tree: one key says which. */
export interface NodeOption {
  /** Coefficients times the functions of a basis. */
  readonly linear?: BasisOption | undefined;
  /** E: coefficients times exponentials of the functions of a basis. */
  readonly exp?: ExponentialOption | undefined;
  /** N[E]: the same of sums of the functions over neighbors. */
  readonly neighborExp?: ExponentialOption | undefined;
  /** ⊕ of two or more, from left to right. */
  readonly sum?: readonly PotentialOption[] | undefined;
  /** ⊗ of two or more, from left to right. */
  readonly product?: readonly PotentialOption[] | undefined;
}

/** The notation, or a tree whose parts may be in the notation. */
export type PotentialOption = string | NodeOption;

const operandsSchema = z.array(z.lazy((): z.ZodType<PotentialOption, PotentialOption> => potentialSchema)).min(2);

const nodeSchema = z.strictObject({
  linear: basisSchema.optional().describe("coefficients times the functions of a basis"),
  exp: exponentialSchema.optional().describe("E: coefficients times exponentials of the functions of a basis"),
  neighborExp: exponentialSchema.optional().describe("N[E]: the same of sums of the functions over neighbors"),
  sum: operandsSchema.optional().describe("⊕ of two or more, from left to right"),
  product: operandsSchema.optional().describe("⊗ of two or more, from left to right"),
});

/** `model.potential`: text or tree. */
export const potentialSchema: z.ZodType<PotentialOption, PotentialOption> = z.union([z.string().min(1), nodeSchema]);

/**
 * What an option says. Bases with one name are one; those without belong to their term, but for the rule of the notation inside texts.
 * @throws {InvalidParameterError} for text that is not in the notation, with the place; names that no basis has, or two different ones
 */
export function readPotential(option: PotentialOption, species: SpeciesMode): NotatedForm {
  if (typeof option === "string") return parseNotation(option, species);
  const reader = new TreeReader(species);
  const root = withUsualShifts(reader.node(option));
  return { bases: reader.bases(), root: byFirstUse(root, new Map()) };
}

/** A basis of the tree; where only its name stands, it comes later. */
interface Slot {
  basis: ClusterBasis | undefined;
  readonly name: string | undefined;
}

class TreeReader {
  private readonly slots: Slot[] = [];
  private readonly order: number[] = [];

  constructor(private readonly species: SpeciesMode) {}

  node(option: PotentialOption): ComposedNode {
    if (typeof option === "string") return this.text(option);
    const keys = Object.entries(option).flatMap(([key, value]) => (value === undefined ? [] : [key]));
    if (keys.length !== 1) {
      throw new InvalidParameterError(`model.potential: a part has one key of linear, exp, neighborExp, sum and product; here ${keys.length === 0 ? "is none" : `are ${keys.join(", ")}`}`);
    }
    const { linear, exp, neighborExp, sum, product } = option;
    if (linear !== undefined) return { op: "linear", hasShift: true, basis: this.slot(linear) };
    if (exp) return { op: "exp", hasShift: true, basis: this.slot(exp.basis), nExponents: exp.exponents };
    if (neighborExp) return { op: "neighborExp", hasShift: true, basis: this.slot(neighborExp.basis), nExponents: neighborExp.exponents };
    const op = sum ? "sum" : "product";
    const [first, ...others] = (sum ?? product)!.map((operand) => this.node(operand));
    return others.reduce<ComposedNode>((left, right) => ({ op, hasShift: op === "product", left, right }), first);
  }

  /** In the order of first use. */
  bases(): ClusterBasis[] {
    return this.order.map((slot) => {
      const { basis, name } = this.slots[slot];
      if (basis) return basis;
      const named = this.slots.flatMap((other) => (other.basis && other.name !== undefined ? [other.name] : []));
      throw new InvalidParameterError(`model.potential: no basis has the name "${name}"; ${named.length > 0 ? `there are ${named.join(", ")}` : "give one term a basis with this name"}`);
    });
  }

  private text(text: string): ComposedNode {
    const { bases, root } = parseNotation(text, this.species);
    const places = bases.map((basis) => this.slots.push({ basis, name: undefined }) - 1);
    return this.placed(root, places);
  }

  private placed(node: ComposedNode, places: readonly number[]): ComposedNode {
    if (isLeaf(node)) return { ...node, basis: this.used(places[node.basis]) };
    return { ...node, left: this.placed(node.left, places), right: this.placed(node.right, places) };
  }

  private slot(option: BasisOption): number {
    const name = typeof option === "string" ? option : option.name;
    const basis = typeof option === "string" ? undefined : this.basisOf(option);
    const known = name === undefined ? -1 : this.slots.findIndex((slot) => slot.name === name);
    if (known < 0) return this.used(this.slots.push({ basis, name }) - 1);
    const slot = this.slots[known];
    if (slot.basis && basis && !isSameBasis(slot.basis, basis)) throw new InvalidParameterError(`model.potential: two different bases have the name "${name}"`);
    slot.basis ??= basis;
    return this.used(known);
  }

  private used(slot: number): number {
    if (!this.order.includes(slot)) this.order.push(slot);
    return slot;
  }

  private basisOf({ radial, size, degrees }: BasisRecordOption): ClusterBasis {
    const twice = degrees?.find((degree, i) => degrees.indexOf(degree) < i);
    if (twice !== undefined) throw new InvalidParameterError(`model.potential: degree ${twice} is named twice`);
    const species = degrees && this.species === "channels" ? "weights" : this.species;
    return { body: degrees ? 3 : 2, radial, size, degrees, species };
  }
}

/** Bases numbered as terms meet them from left to right. */
function byFirstUse(node: ComposedNode, numbers: Map<number, number>): ComposedNode {
  if (!isLeaf(node)) return { ...node, left: byFirstUse(node.left, numbers), right: byFirstUse(node.right, numbers) };
  if (!numbers.has(node.basis)) numbers.set(node.basis, numbers.size);
  return { ...node, basis: numbers.get(node.basis)! };
}
