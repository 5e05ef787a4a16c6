// Composed potentials as files of reference values write them.
import type { ClusterBasis, ClusterCutoff } from "../../../src/descriptors/cluster/basis.js";
import { layoutParameters } from "../../../src/models/composed/parameters.js";
import type { ComposedForm, ComposedNode } from "../../../src/models/composed/tree.js";
import type { ComposedPotential } from "../../../src/analysis/fisher/precise/composed-rows.js";
import { flat, type Nested } from "../../reference/folder.js";

interface StoredBasis {
  readonly body: 2 | 3;
  readonly radial: ClusterBasis["radial"];
  readonly size: number;
  readonly alpha?: number;
  readonly beta?: number;
  readonly degrees?: readonly number[];
  readonly species?: ClusterBasis["species"];
  readonly weights?: Nested;
}

interface StoredNode {
  readonly op: ComposedNode["op"];
  readonly basis?: string;
  readonly c?: Nested;
  readonly xi?: readonly number[];
  readonly shift?: readonly number[];
  readonly left?: StoredNode;
  readonly right?: StoredNode;
}

/** As stored. */
export interface StoredModel {
  readonly cutoff: ClusterCutoff;
  readonly bases: Readonly<Record<string, StoredBasis>>;
  readonly tree: StoredNode;
}

/** The potential of a stored model. */
export function storedPotential({ cutoff, bases, tree }: StoredModel, species: readonly number[]): ComposedPotential {
  const keys = Object.keys(bases);
  const nodeOf = ({ op, basis, xi, shift, left, right }: StoredNode): ComposedNode => {
    const hasShift = shift !== undefined;
    if (op === "sum" || op === "product") return { op, hasShift, left: nodeOf(left!), right: nodeOf(right!) };
    const place = keys.indexOf(basis!);
    return op === "linear" ? { op, hasShift, basis: place } : { op, hasShift, basis: place, nExponents: xi!.length };
  };
  const form: ComposedForm = {
    cutoff,
    bases: keys.map((key): ClusterBasis => {
      const { body, radial, size, degrees, weights, species: mode } = bases[key];
      return { body, radial, size, degrees, species: mode ?? (weights ? "weights" : "alike") };
    }),
    root: nodeOf(tree),
  };
  const ofBases = keys.flatMap((key) => [...(bases[key].alpha === undefined ? [] : [bases[key].alpha, bases[key].beta!]), ...flat(bases[key].weights ?? [])]);
  const ofNode = ({ c, xi, shift, left, right }: StoredNode): number[] => {
    return [...(shift ?? []), ...flat(c ?? []), ...(xi ?? []), ...(left ? ofNode(left) : []), ...(right ? ofNode(right) : [])];
  };
  const values = Float64Array.from([...ofBases, ...ofNode(tree)]);
  const expected = layoutParameters(form, species.length).parameters.length;
  if (values.length !== expected) throw new Error(`the stored model has ${values.length} parameters instead of ${expected}`);
  return { form, species, values };
}
