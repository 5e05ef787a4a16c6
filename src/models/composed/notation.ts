import { type ClusterBasis, isSameBasis, LARGEST_DEGREE, type SpeciesMode } from "../../descriptors/cluster/basis.js";
import { InvalidParameterError } from "../../errors.js";
import { type ComposedNode, type ComposedForm, DEEPEST_TREE, depthOf, isLeaf, leavesOf, type LinearLeaf, withUsualShifts } from "./tree.js";

/** What the notation says: bases and terms. */
export type NotatedForm = Pick<ComposedForm, "bases" | "root">;

/** A part of a potential: its bases have labels where the text gives them. */
export interface NotatedPart extends NotatedForm {
  /** By position of the basis. */
  readonly labels: readonly (number | undefined)[];
}

/** A basis of the text before sharing is decided. */
export interface BasisUse {
  readonly basis: ClusterBasis;
  readonly label: number | undefined;
}

const EXAMPLES = "G8, C16, T2[0,1,2], E[G8 L4], N[E[G8 L4]], A + B, A x B";

/**
 * Reads the notation of composed potentials:
 * ```
 * model   = product , { ("+" | "⊕") , product } ;
 * product = factor , { ("x" | "⊗") , factor } ;
 * factor  = basis | exp | "N[" , exp , "]" | "(" , model , ")" ;
 * exp     = "E[" , basis , "L" , int , "]" ;
 * basis   = ( ("G" | "C") , int | ("T" | "TC") , int , "[" , int , { "," , int } , "]" ) , [ "#" , int ] ;
 * ```
 * Both operators are left-associative. Bases with one label are one. Without labels E[b] and N[E[b]] as the two operands of one sum share b, nothing else
 * does. Shifts stand as `withUsualShifts` places them.
 * @param species how the bases tell species apart, which the notation does not say
 * @throws {InvalidParameterError} with the place in the text
 */
export function parseNotation(text: string, species: SpeciesMode = "weights"): NotatedForm {
  const { bases, root } = parsePart(text, species);
  return { bases, root };
}

/**
 * `parseNotation` of a text that is a part of a potential, whose labels may stand in other parts.
 * @throws as `parseNotation`
 */
export function parsePart(text: string, species: SpeciesMode): NotatedPart {
  return new NotationParser(text, species).parse();
}

/**
 * Reads the notation of a basis alone, `G8` or `T2[0,1]#1`.
 * @throws as `parseNotation`
 */
export function parseBasis(text: string, species: SpeciesMode): BasisUse {
  return new NotationParser(text, species).parseBasis();
}

/** Reads by recursive descent; leaves hold positions of uses of bases until sharing is decided. */
class NotationParser {
  private position = 0;
  /** Parentheses that are open. */
  private nOpen = 0;
  private readonly uses: BasisUse[] = [];
  /** Where the text of each use begins, for messages about labels. */
  private readonly places: number[] = [];

  constructor(
    private readonly text: string,
    private readonly species: SpeciesMode,
  ) {}

  parse(): NotatedPart {
    const root = this.model();
    this.ends("expected + or x between terms");
    if (depthOf(root) > DEEPEST_TREE) throw this.error(`terms nest deeper than ${DEEPEST_TREE}; A + B + C is (A + B) + C: parentheses around halves of a long sum or product make it less deep`);
    return this.shareBases(withUsualShifts(root));
  }

  parseBasis(): BasisUse {
    const use = this.basis();
    this.ends("expected nothing behind the basis");
    return this.uses[use];
  }

  private ends(expected: string): void {
    const next = this.text[this.next()];
    if (next !== undefined) throw this.error(next === ")" || next === "]" ? `"${next}" closes nothing` : expected);
  }

  private model(): ComposedNode {
    let left = this.product();
    while (this.takes("+") || this.takes("⊕")) left = { op: "sum", hasShift: false, left, right: this.product() };
    return left;
  }

  private product(): ComposedNode {
    let left = this.factor();
    while (this.takes("x") || this.takes("⊗") || this.takes("×")) left = { op: "product", hasShift: true, left, right: this.factor() };
    return left;
  }

  private factor(): ComposedNode {
    const start = this.next();
    if (this.takes("(")) {
      if (++this.nOpen > DEEPEST_TREE) throw this.error(`more than ${DEEPEST_TREE} parentheses inside each other`, start);
      const inner = this.model();
      this.nOpen--;
      this.closes(")", start, "(");
      return inner;
    }
    if (this.takes("N")) {
      this.expect("[", "N is followed by [E[…]]");
      if (!this.takes("E")) throw this.error("N takes an exponential term: N[E[G8 L4]]");
      const inner = this.exponential("neighborExp");
      this.closes("]", start, "N[");
      return inner;
    }
    if (this.takes("E")) return this.exponential("exp");
    return { op: "linear", hasShift: true, basis: this.basis() } satisfies LinearLeaf;
  }

  private exponential(op: "exp" | "neighborExp"): ComposedNode {
    const start = this.position - 1;
    this.expect("[", "E is followed by [ and a basis");
    if (/[EN(]/u.test(this.text[this.next()] ?? "")) throw this.error("E takes one basis, not another term: E[G8 L4]");
    const basis = this.basis();
    this.expect("L", "the number of exponents, such as L4, follows the basis");
    const nExponents = this.integer(1, "exponents after L");
    this.closes("]", start, "E[");
    return { op, hasShift: true, basis, nExponents };
  }

  /** @returns position among the uses */
  private basis(): number {
    const start = this.next();
    const isThreeBody = this.takes("T");
    const radial = isThreeBody ? (this.takes("C") ? "chebyshev" : "gaussian") : this.takes("G") ? "gaussian" : this.takes("C") ? "chebyshev" : undefined;
    if (!radial) throw this.unknown();
    const size = this.integer(1, "functions of the basis");
    const degrees = isThreeBody ? this.degrees() : undefined;
    const label = this.takes("#") ? this.integer(1, "the label after #") : undefined;
    this.places.push(start);
    return this.uses.push({ basis: { body: isThreeBody ? 3 : 2, radial, size, degrees, species: isThreeBody && this.species === "channels" ? "weights" : this.species }, label }) - 1;
  }

  private degrees(): number[] {
    this.expect("[", "degrees of the angle, such as [0,1,2], follow a three-body basis");
    const degrees = [this.integer(0, "a degree", LARGEST_DEGREE)];
    while (this.takes(",")) degrees.push(this.integer(0, "a degree", LARGEST_DEGREE));
    this.expect("]", "degrees end with ]");
    const twice = degrees.find((degree, i) => degrees.indexOf(degree) < i);
    if (twice !== undefined) throw this.error(`degree ${twice} is named twice`);
    return degrees;
  }

  private integer(least: number, what: string, largest = LARGEST): number {
    this.skipBlanks();
    const digits = /^\d+/u.exec(this.text.slice(this.position))?.[0];
    if (digits === undefined) throw this.error(`expected the number of ${what}`.replace("the number of a ", "a ").replace("the number of the ", "the "));
    const value = Number(digits);
    if (value < least || value > largest) throw this.error(`${digits}: ${what} must be from ${least} to ${largest}`);
    this.position += digits.length;
    return value;
  }

  private next(): number {
    this.skipBlanks();
    return this.position;
  }

  private skipBlanks(): void {
    while (/\s/u.test(this.text[this.position] ?? "")) this.position++;
  }

  private takes(token: string): boolean {
    this.skipBlanks();
    const isThere = this.text.startsWith(token, this.position);
    if (isThere) this.position += token.length;
    return isThere;
  }

  private expect(token: string, rule: string): void {
    if (!this.takes(token)) throw this.error(`expected ${token}: ${rule}`);
  }

  private closes(token: string, start: number, opening: string): void {
    if (!this.takes(token)) throw this.error(`expected ${token} for the ${opening} at position ${start + 1}`);
  }

  private unknown(): InvalidParameterError {
    if (this.position >= this.text.length) return this.error(this.text.trim() === "" ? "there is no term" : "the text ends where a term is expected");
    const word = /^[^\s()[\]+⊕⊗×]+/u.exec(this.text.slice(this.position))?.[0] ?? this.text[this.position];
    return this.error(`unknown term "${word}"; terms are ${EXAMPLES}`);
  }

  private error(message: string, position = this.position): InvalidParameterError {
    const end = position >= this.text.length ? " (the end)" : "";
    return new InvalidParameterError(`potential "${this.text}", position ${position + 1}${end}: ${message}`);
  }

  /** Uses with one label are one basis, and so are those of E and N in one sum; bases are numbered by their first use. */
  private shareBases(root: ComposedNode): NotatedPart {
    const sharedWith = new Map<number, number>();
    this.joinLabels(sharedWith);
    joinUnlabeled(root, this.uses, sharedWith);
    const firsts = this.uses.map((_, use) => sharedWith.get(use) ?? use);
    const distinct = [...new Set(firsts)].sort((a, b) => a - b);
    return {
      bases: distinct.map((use) => this.uses[use].basis),
      labels: distinct.map((use) => this.uses[use].label),
      root: mapBases(root, (use) => distinct.indexOf(firsts[use])),
    };
  }

  private joinLabels(sharedWith: Map<number, number>): void {
    const firsts = new Map<number, number>();
    for (const [use, { basis, label }] of this.uses.entries()) {
      if (label === undefined) continue;
      const first = firsts.get(label) ?? use;
      firsts.set(label, first);
      const known = this.uses[first].basis;
      if (!isSameBasis(known, basis)) throw this.error(`label #${label} stands for ${printBasis(known)} already, not ${printBasis(basis)}`, this.places[use]);
      sharedWith.set(use, first);
    }
  }
}

/** Numbers beyond are slips of the keyboard. */
const LARGEST = 999;

/** E[b] and N[E[b]], the operands of one sum. */
function joinUnlabeled(node: ComposedNode, uses: readonly BasisUse[], sharedWith: Map<number, number>): void {
  if (isLeaf(node)) return;
  joinUnlabeled(node.left, uses, sharedWith);
  joinUnlabeled(node.right, uses, sharedWith);
  const pair = sharingOperands(node);
  if (!pair) return;
  const [left, right] = pair.map((use) => uses[use]);
  if (left.label === undefined && right.label === undefined && isSameBasis(left.basis, right.basis)) sharedWith.set(pair[1], pair[0]);
}

/** Bases of a sum whose operands are E and N: left, right. */
export function sharingOperands(node: ComposedNode): [number, number] | undefined {
  if (node.op !== "sum" || !isLeaf(node.left) || !isLeaf(node.right)) return undefined;
  const ops = [node.left.op, node.right.op];
  return ops.includes("exp") && ops.includes("neighborExp") ? [node.left.basis, node.right.basis] : undefined;
}

export function mapBases(node: ComposedNode, place: (basis: number) => number): ComposedNode {
  if (isLeaf(node)) return { ...node, basis: place(node.basis) };
  return { ...node, left: mapBases(node.left, place), right: mapBases(node.right, place) };
}

/** How operators are printed. */
export type NotationStyle = "plain" | "symbols";

/**
 * Writes the notation: what `parseNotation` makes the same form of, up to the order of bases. Labels stand where sharing would be read otherwise.
 * @param style + and x, or ⊕ and ⊗
 */
export function printNotation({ bases, root }: NotatedForm, style: NotationStyle = "plain"): string {
  const signs = style === "plain" ? { sum: " + ", product: " x " } : { sum: " ⊕ ", product: " ⊗ " };
  const labels = labelsOf(bases, root);
  const print = (node: ComposedNode): string => {
    if (isLeaf(node)) return printLeaf(node.op, printBasis(bases[node.basis], labels.get(node.basis)), node.op === "linear" ? 0 : node.nExponents);
    const isProduct = node.op === "product";
    const left = isProduct && node.left.op === "sum" ? `(${print(node.left)})` : print(node.left);
    const needs = node.right.op === node.op || (isProduct && node.right.op === "sum");
    return `${left}${signs[node.op]}${needs ? `(${print(node.right)})` : print(node.right)}`;
  };
  return print(root);
}

function printLeaf(op: "linear" | "exp" | "neighborExp", basis: string, nExponents: number): string {
  if (op === "linear") return basis;
  // G8L4 as published; after a bracket or a label the blank keeps it readable
  const exponential = `E[${basis}${/[\]#]/u.test(basis) ? " " : ""}L${nExponents}]`;
  return op === "exp" ? exponential : `N[${exponential}]`;
}

export function printBasis({ body, radial, size, degrees = [] }: ClusterBasis, label?: number): string {
  const suffix = label === undefined ? "" : `#${label}`;
  if (body === 2) return `${radial === "gaussian" ? "G" : "C"}${size}${suffix}`;
  return `${radial === "gaussian" ? "T" : "TC"}${size}[${degrees.join(",")}]${suffix}`;
}

/** Labels by basis, for those whose sharing the rule without labels does not give. */
function labelsOf(bases: readonly ClusterBasis[], root: ComposedNode): Map<number, number> {
  const needed = new Set<number>();
  const uses = leavesOf(root).map(({ basis }) => basis);
  const joined = new Set<number>();
  const visit = (node: ComposedNode): void => {
    if (isLeaf(node)) return;
    visit(node.left);
    visit(node.right);
    const pair = sharingOperands(node);
    if (!pair) return;
    const [left, right] = pair;
    if (left === right) joined.add(left);
    // read as one basis without being one, as species modes are not written: a label on either keeps them apart
    else if (printBasis(bases[left]) === printBasis(bases[right])) needed.add(left);
  };
  visit(root);
  for (const basis of new Set(uses)) {
    const nUses = uses.filter((use) => use === basis).length;
    if (nUses > (joined.has(basis) ? 2 : 1)) needed.add(basis);
  }
  const inOrder = [...new Set(uses)].filter((basis) => needed.has(basis));
  return new Map(inOrder.map((basis, i) => [basis, i + 1]));
}
