// DScribe's MBTR, LMBTR and ValleOganov: Himanen et al., Comput. Phys. Commun. 247, 106949 (2020), 10.1016/j.cpc.2019.106949.
import { createDescriptor } from "../../../src/descriptors/index.js";
import { atomicNumberOf } from "../../../src/structures/index.js";
import { Calculator, type System } from "../../descriptors/calculator.js";
import { StructureCalculator } from "../../descriptors/structure-calculator.js";
import { flat, type Nested,} from "../folder.js";
import { expectKnown } from "../not-there.js";
import { headKeys, type IndexEntry, type ReferenceRun } from "./run.js";

interface TensorParameters {
  readonly geometry: { readonly function: string };
  readonly grid: Readonly<Record<"min" | "max" | "sigma" | "n", number>>;
  readonly weighting?: { readonly function: string; readonly scale?: number; readonly r_cut?: number; readonly threshold?: number; readonly sharpness?: number };
  readonly normalize_gaussians?: boolean;
  readonly normalization?: string;
  readonly species: readonly string[];
  readonly periodic?: boolean;
}

interface TensorFile {
  readonly params: TensorParameters;
  /** Positions among the atoms, or Å; absent: the first centers of all */
  readonly centers?: readonly (number | readonly number[])[] | null;
  readonly values: Nested;
}

interface ValleOganovFile {
  readonly params: { readonly species: readonly string[]; readonly function: string; readonly n: number; readonly sigma: number; readonly r_cut: number };
  readonly values: Nested;
}

/** Relative to the largest value. */
const TOLERANCE = 1e-12;
/** Å: a molecule has no neighbors beyond. */
const FAR = 100;

const orders: Readonly<Record<string, "k1" | "k2" | "k3">> = { atomic_number: "k1", distance: "k2", inverse_distance: "k2", angle: "k3", cosine: "k3" };
const dashed = (name: string): string => name.replaceAll("_", "-");
const speciesOf = (symbols: readonly string[]): number[] => symbols.map(atomicNumberOf).sort((a, b) => a - b);
const isolated = (system: System): System => ({ ...system, cell: null, pbc: [false, false, false] });

/** One term of a tensor, of whole structures or of centers. */
export async function compareTensor({ folder: from, executor, comparisons }: ReferenceRun, { file, frame, descriptor: kind }: IndexEntry): Promise<void> {
  const { params, values, centers, ...rest } = from.json(file) as TensorFile;
  expectKnown(file, Object.keys(rest), headKeys);
  const parameters = parametersOf(file, params, kind === "LMBTR");
  const given = await from.system(frame);
  const system = params.periodic ? given : isolated(given);
  const species = speciesOf(params.species);
  const expected = flat(values);
  if (kind === "MBTR") {
    const calculator = new StructureCalculator(executor, createDescriptor({ type: "mbtr", ...parameters }), species);
    comparisons.compare(kind, file, calculator.values(system), expected, TOLERANCE);
    calculator.release();
    return;
  }
  const calculator = new Calculator(executor, createDescriptor({ type: "local-mbtr", ...parameters }), species);
  const positions = centers?.filter((center) => typeof center !== "number") ?? [];
  const options = centers && { centers: Int32Array.from(centers.filter((center) => typeof center === "number")), extraCenters: Float64Array.from(positions.flat()) };
  const computed = calculator.compute(calculator.environments(system, options ?? {}));
  comparisons.compare(kind, file, computed.values.slice(0, expected.length), expected, TOLERANCE);
  calculator.release();
}

/** The fingerprint of Valle and Oganov. */
export async function compareValleOganov({ folder: from, executor, comparisons }: ReferenceRun, { file, frame, descriptor: kind }: IndexEntry): Promise<void> {
  const { params, values, ...rest } = from.json(file) as ValleOganovFile;
  expectKnown(file, Object.keys(rest), headKeys);
  expectKnown(file, Object.keys(params), ["species", "function", "n", "sigma", "r_cut"]);
  const { function: of, n, sigma, r_cut: radius } = params;
  const calculator = new StructureCalculator(executor, createDescriptor({ type: "valle-oganov", function: of, n, sigma, cutoff: { radius } }), speciesOf(params.species));
  comparisons.compare(kind, file, calculator.values(await from.system(frame)), flat(values), TOLERANCE);
  calculator.release();
}

function parametersOf(file: string, params: TensorParameters, isLocal: boolean): object {
  const { geometry, grid, weighting, normalize_gaussians: normalizeGaussians = true, normalization = "none" } = params;
  expectKnown(file, Object.keys(params), ["geometry", "grid", "weighting", "normalize_gaussians", "normalization", "species", "periodic"]);
  expectKnown(file, Object.keys(geometry), ["function"]);
  expectKnown(file, Object.keys(grid), ["min", "max", "sigma", "n"]);
  expectKnown(file, Object.keys(weighting ?? {}), ["function", "scale", "r_cut", "threshold", "sharpness"]);
  const order = orders[geometry.function];
  const { function: of = "unity", r_cut: cutoff, ...others } = weighting ?? {};
  const isUnity = of === "unity";
  const ours = isUnity ? { function: of, ...(isLocal && { cutoff: FAR }) } : { function: dashed(of), ...(cutoff !== undefined && { cutoff }), ...others };
  return { [order]: { geometry: dashed(geometry.function), grid, ...(order !== "k1" && { weighting: ours }) }, normalizeGaussians, normalization: dashed(normalization) };
}


