import { InvalidParameterError } from "../../errors.js";
import { symbolOf } from "../../structures/periodic-table.js";
import type { Feature, SpeciesList } from "../descriptor.js";
import type { AcsfParameters } from "./parameters.js";
import { compareFunctions, numbersOfFunction } from "./n2p2-order.js";
import type { FunctionKind, SymmetryFunction } from "./symmetry-function.js";

const NONE = { eta: 0, shift: 0, kappa: 0, zeta: 0, lambda: 0, centers: undefined } as const;

/** The columns for a list of species, in the order of the features. */
export function columnsFor(parameters: AcsfParameters, species: SpeciesList): SymmetryFunction[] {
  const columns = parameters.symmetryFunctions ? columnsOfCenters(parameters) : columnsOfLists(parameters, species);
  const labels = new Set<string>();
  for (const column of columns) {
    const label = labelOf(column, parameters);
    if (labels.has(label)) throw new InvalidParameterError(`acsf: the function ${label} is there twice; every column must be a function of its own`);
    labels.add(label);
  }
  return columns;
}

/** Lists by kind, for every species and pair of species: DScribe's order, then what sums over species. */
function columnsOfLists(parameters: AcsfParameters, species: SpeciesList): SymmetryFunction[] {
  const { g1, g2, g3, g4, g5, weightedRadial, weightedAngular } = parameters;
  const radius = parameters.cutoff.radius;
  const of = (kind: FunctionKind, neighbors: readonly number[], values: Partial<SymmetryFunction>): SymmetryFunction => {
    return { ...NONE, kind, neighbors, radius, ...values };
  };
  const ofPairs = species.flatMap((z) => [
    ...(g1 ? [of("g1", [z], {})] : []),
    ...g2.map((values) => of("g2", [z], values)),
    ...g3.map((values) => of("g3", [z], values)),
  ]);
  const pairs = species.flatMap((outer, i) => species.slice(0, i + 1).map((inner) => [inner, outer]));
  const ofTriplets = pairs.flatMap((pair) => [...g4.map((values) => of("g4", pair, values)), ...g5.map((values) => of("g5", pair, values))]);
  const weighted = [
    ...weightedRadial.map((values) => of("weightedRadial", [], values)),
    ...weightedAngular.map((values) => of("weightedAngular", [], values)),
  ];
  return [...ofPairs, ...ofTriplets, ...weighted];
}

/** Functions for each element of the center: the union of them all in n2p2's order, which is that of every element's own. */
function columnsOfCenters({ symmetryFunctions }: AcsfParameters): SymmetryFunction[] {
  const columns = new Map<string, SymmetryFunction>();
  for (const { center, ...given } of symmetryFunctions!.map(numbersOfFunction)) {
    const key = JSON.stringify([given.kind, given.neighbors, given.eta, given.shift, given.zeta, given.lambda, given.radius]);
    const centers = columns.get(key)?.centers ?? [];
    if (centers.includes(center)) {
      throw new InvalidParameterError(`acsf: symmetryFunctions has a function of ${symbolOf(center)} twice: ${JSON.stringify(given)}`);
    }
    columns.set(key, { ...NONE, ...given, centers: [...centers, center].sort((a, b) => a - b) });
  }
  return [...columns.values()].sort(compareFunctions);
}

const names: Readonly<Record<FunctionKind, string>> = {
  g1: "G1", g2: "G2", g3: "G3", g4: "G4", g5: "G5", weightedRadial: "weighted-radial", weightedAngular: "weighted-angular",
};

function labelOf({ kind, neighbors, eta, shift, kappa, zeta, lambda, radius }: SymmetryFunction, { cutoff }: AcsfParameters): string {
  const isAngular = zeta > 0;
  const parts = [
    names[kind],
    neighbors.map(symbolOf).join("-"),
    kind === "g1" || kind === "g3" ? "" : `eta=${eta}`,
    kind === "g3" ? `kappa=${kappa}` : "",
    isAngular ? `zeta=${zeta} lambda=${lambda}` : "",
    shift === 0 ? "" : `shift=${shift}`,
    radius === cutoff.radius ? "" : `radius=${radius}`,
  ];
  return parts.filter(Boolean).join(" ");
}

/** What every column means. */
export function describeColumns(columns: readonly SymmetryFunction[], parameters: AcsfParameters, species: SpeciesList): Feature[] {
  return columns.map((column) => {
    const channel = (column.neighbors.length > 0 ? column.neighbors : species).map(symbolOf);
    return { label: labelOf(column, parameters), bodyOrder: column.zeta > 0 ? 3 : 2, channel };
  });
}
