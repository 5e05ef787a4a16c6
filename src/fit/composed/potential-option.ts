import { z } from "zod";
import { type ClusterBasis, isSameBasis, LARGEST_DEGREE, type SpeciesMode } from "../../descriptors/cluster/basis.js";
import { InvalidParameterError } from "../../errors.js";
import { mapBases, type NotatedForm, parseBasis, parseNotation, parsePart, printBasis, sharingOperands } from "../../models/composed/notation.js";
import { type ComposedNode, DEEPEST_TREE, depthOf, leavesOf, withUsualShifts } from "../../models/composed/tree.js";

/** Larger numbers are slips of the keyboard. */
const LARGEST = 999;

const basisRecordSchema = z.strictObject({
  name: z.string().min(1).optional().describe("by which other terms share the basis, with its parameters"),
  radial: z.enum(["gaussian", "chebyshev"]).describe("Gaussians with even-tempered exponents αβ^ν, or Chebyshev polynomials"),
  size: z.number().int().min(1).max(LARGEST).describe("radial functions N"),
  degrees: z.array(z.number().int().min(0).max(LARGEST_DEGREE)).min(1).optional().describe("of Legendre polynomials of the angle; given: the basis is three-body"),
});

const basisSchema = z.union([z.string().min(1), basisRecordSchema]);

const exponentialSchema = z.strictObject({
  basis: basisSchema.describe("what the exponentials are of: a basis, its notation (G8), or the name of the basis of another term"),
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

/** The basis of a term of a tree, the name that another term gives it, or its notation. */
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
 * What an option says. Bases with one name, or with one label in texts, are one; others belong to their term, but for the rule of the notation where both
 * operands are text.
 * @throws {InvalidParameterError} for text that is not in the notation, with the place; names that no basis has, or two different ones
 */
export function readPotential(option: PotentialOption, species: SpeciesMode): NotatedForm {
  if (typeof option === "string") return parseNotation(option, species);
  return new TreeReader(species, namesOf(option)).read(option);
}

/** Names that bases of a tree are given. */
function namesOf(option: PotentialOption): Set<string> {
  if (typeof option === "string") return new Set();
  const { linear, exp, neighborExp, sum = [], product = [] } = option;
  const own = [linear, exp?.basis, neighborExp?.basis].flatMap((basis) => (typeof basis === "object" && basis.name !== undefined ? [basis.name] : []));
  return new Set([...own, ...[...sum, ...product].flatMap((operand) => [...namesOf(operand)])]);
}

/** A basis of the tree; where only its name stands so far, the basis comes later. */
interface Slot {
  basis: ClusterBasis | undefined;
  /** A name, or a label with its #. */
  readonly name: string | undefined;
  /** Whether the rule of the notation for E and N of one sum holds. */
  readonly isText: boolean;
}

class TreeReader {
  private readonly slots: Slot[] = [];

  constructor(
    private readonly species: SpeciesMode,
    private readonly names: ReadonlySet<string>,
  ) {}

  read(option: PotentialOption): NotatedForm {
    const root = this.node(option);
    if (depthOf(root) > DEEPEST_TREE) throw new InvalidParameterError(`model.potential: terms nest deeper than ${DEEPEST_TREE}; operands of a list nest to the left: make sums of sums of long lists`);
    const order = [...new Set(leavesOf(root).map(({ basis }) => basis))];
    return { bases: order.map((slot) => this.slots[slot].basis!), root: mapBases(withUsualShifts(root), (slot) => order.indexOf(slot)) };
  }

  /** Leaves hold positions of slots. */
  private node(option: PotentialOption): ComposedNode {
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
    return others.reduce<ComposedNode>((left, right) => this.shared({ op, hasShift: op === "product", left, right }), first);
  }

  private text(text: string): ComposedNode {
    const { bases, root, labels } = parsePart(text, this.species);
    const places = bases.map((basis, b) => this.placed(basis, labels[b] === undefined ? undefined : `#${labels[b]}`, true));
    return mapBases(root, (basis) => places[basis]);
  }

  private slot(option: BasisOption): number {
    if (typeof option !== "string") return this.placed(this.basisOf(option), option.name, false);
    if (this.names.has(option)) return this.placed(undefined, option, false);
    const { basis, label } = this.notated(option);
    return this.placed(basis, label === undefined ? undefined : `#${label}`, true);
  }

  private notated(text: string): ReturnType<typeof parseBasis> {
    try {
      return parseBasis(text, this.species);
    } catch (error) {
      if (!(error instanceof InvalidParameterError)) throw error;
      const named = this.names.size > 0 ? `there are ${[...this.names].join(", ")}` : "give one term a basis with this name";
      throw new InvalidParameterError(`model.potential: no basis has the name "${text}" (${named}), and it is no basis in the notation, such as G8 or T2[0,1]`);
    }
  }

  private placed(basis: ClusterBasis | undefined, name: string | undefined, isText: boolean): number {
    const known = name === undefined ? -1 : this.slots.findIndex((slot) => slot.name === name);
    if (known < 0) return this.slots.push({ basis, name, isText }) - 1;
    const slot = this.slots[known];
    if (slot.basis && basis && !isSameBasis(slot.basis, basis)) {
      throw new InvalidParameterError(`model.potential: two different bases have the name "${name}", ${printBasis(slot.basis)} and ${printBasis(basis)}`);
    }
    slot.basis ??= basis;
    return known;
  }

  /** E and N of one sum share a basis that both write as text without a label. */
  private shared(node: ComposedNode): ComposedNode {
    const pair = sharingOperands(node);
    const [left, right] = pair?.map((slot) => this.slots[slot]) ?? [];
    const areAlike = left?.basis && right?.basis && isSameBasis(left.basis, right.basis) && [left, right].every(({ name, isText }) => isText && name === undefined);
    return areAlike ? mapBases(node, () => pair![0]) : node;
  }

  private basisOf({ radial, size, degrees }: BasisRecordOption): ClusterBasis {
    const twice = degrees?.find((degree, i) => degrees.indexOf(degree) < i);
    if (twice !== undefined) throw new InvalidParameterError(`model.potential: degree ${twice} is named twice`);
    const species = degrees && this.species === "channels" ? "weights" : this.species;
    return { body: degrees ? 3 : 2, radial, size, degrees, species };
  }
}
