import { InvalidParameterError } from "../../errors.js";
import type { SigmaOptions } from "../../fit/sigma.js";
import type { Parametric } from "../../models/parametric.js";
import type { Potential } from "../../models/potential.js";
import type { WorkContext } from "../../parallel/work-context.js";
import type { Dataset } from "../../structures/dataset.js";
import type { Structure } from "../../structures/structure.js";
import { copyGeometry } from "../../environments/environments.js";
import { DEFAULT_BITS, type PrecisionChoice } from "./bits.js";
import { type Covariance, doubleCovariance, preciseCovariance } from "./covariance.js";
import type { DoubleInformation } from "./double-information.js";
import { type FisherData, fisherData, type OpenParametric, openParametric, reduceFisherRows } from "./fisher-data.js";
import { HighPrecision } from "./high-precision.js";
import type { InformationContext } from "./precise/information-task.js";
import { parameterSets, type NamedSet, setOf } from "./parameter-sets.js";
import { doubleFallsShort, isUnresolved, logKappa, logKappaOfProduct, type SetSystems, systemsOf } from "./precision.js";
import type { FisherInformation, ParameterEstimate, Participation, PrecisionAccount, PredictionError, SetSpectra } from "./result.js";
import { isNull, participationOf, spectrumRecord } from "./spectrum-record.js";
import { operandsAlone } from "./operands-alone.js";
import { rowWeights } from "./weights.js";

/** What is analyzed, and how. */
export interface FisherOptions {
  /** Expected errors that weigh the rows; default: those of the model's fit, or 1 for total energies and forces of composed potentials. */
  readonly sigma?: SigmaOptions | undefined;
  /** Default: `auto`. */
  readonly precision?: PrecisionChoice | undefined;
  /** p, at least 64: digits that agree with those of 2p bits are printed. Default 256; `auto` takes more where these are too few. */
  readonly bits?: number | undefined;
  /** Whose predictions get error bars; default: none. */
  readonly predictions?: readonly Structure[] | undefined;
}

/**
 * Fisher information F = JᵀWJ of a potential's parameters from the rows of its loss: spectra and condition numbers, sloppy directions, and error bars of
 * parameters and predictions by the Cramér–Rao bound: (8–10, 12, 34) of Wang et al., arXiv:2504.19372. Singular values of J in double precision where these
 * tell all, high precision for composed potentials where they do not.
 * @throws {InvalidParameterError} for a potential without derivatives by parameters, or data without rows; {InvalidStructureError}; {NumericalError} for
 * rows that are not finite; {ResourceError}; {CancelledError}
 */
export async function fisherInformation(potential: Potential, dataset: Dataset, context: WorkContext, options: FisherOptions = {}): Promise<FisherInformation> {
  const parametric = requireParametric(potential);
  const { sigma, source } = rowWeights(potential, options.sigma);
  const data = fisherData(dataset, sigma, potential.species);
  const whole = await Analysis.of(potential, parametric, data, context, options);
  try {
    const { n, warnings, information } = whole;
    const freedoms = data.nRows - n;
    const residualVariance = freedoms > 0 ? information.loss / freedoms : null;
    const spectra = whole.systems.map((systems) => whole.spectraOf(systems, systems.set.name));
    for (const operand of operandsAlone(potential)) {
      const alone = await Analysis.of(operand.potential, operand.potential.parametric!, data, context, options, true);
      spectra.push(alone.spectraOf(alone.systems[0], `${operand.side} alone`));
      alone.close();
    }
    const linear = await whole.covariance("linear");
    const all = whole.hasSet("all") ? await whole.covariance("all") : linear;
    return {
      rows: data.nRows,
      structures: data.structures.length,
      weights: { sigma, source },
      loss: information.loss,
      residualVariance,
      precision: whole.account,
      spectra,
      participation: whole.participation(),
      parameters: whole.estimates(linear, all, residualVariance),
      truncated: all.truncated,
      predictions: residualVariance === null ? [] : await predictionErrors(all, residualVariance, options.predictions ?? []),
      warnings,
    };
  } finally {
    whole.close();
  }
}

/** @throws {InvalidParameterError} for a potential without derivatives by parameters */
export function requireParametric({ type, parametric }: Potential): Parametric {
  if (parametric && parametric.parameters.length > 0) return parametric;
  if (parametric) throw new InvalidParameterError(`this ${type} potential has no parameters`);
  throw new InvalidParameterError(`a ${type} potential has no derivatives by its parameters, which Fisher information is made of: potentials of the types composed, linear and sparse-gp have them`);
}

async function predictionErrors(covariance: Covariance, residualVariance: number, structures: readonly Structure[]): Promise<PredictionError[]> {
  const errors: PredictionError[] = [];
  for (const structure of structures) {
    const variances = await covariance.predictionVariances(copyGeometry(structure));
    const [energy, ...forces] = variances.map((variance) => Math.sqrt(residualVariance * variance));
    errors.push({ label: structure.label, energy, forces });
  }
  return errors;
}

/** The information of one potential, in the precision that it needs. */
class Analysis {
  private constructor(
    readonly potential: Potential,
    readonly parametric: Parametric,
    readonly information: { readonly loss: number; readonly double: DoubleInformation },
    readonly systems: readonly SetSystems[],
    readonly account: PrecisionAccount,
    readonly warnings: readonly string[],
    private readonly open: OpenParametric,
    private readonly high: HighPrecision | undefined,
    private readonly context: WorkContext,
  ) {}

  /** @param linearOnly the set of the linear parameters alone */
  static async of(potential: Potential, parametric: Parametric, data: FisherData, context: WorkContext, options: FisherOptions, linearOnly = false): Promise<Analysis> {
    const open = openParametric(potential, parametric, context);
    try {
      const { information, loss } = await reduceFisherRows(data, open, context);
      const sets = parameterSets(parametric, information.diagonal()).slice(0, linearOnly ? 1 : undefined);
      const inDouble = await systemsOf(information, sets);
      const { high: chosen, reason } = await chooseHigh(potential, data, { ...context, linearOnly }, options, doubleFallsShort(inDouble));
      const { high, systems } = chosen ? await resolved(chosen, sets, options, linearOnly ? linearColumns(parametric) : undefined) : { high: undefined, systems: inDouble };
      const account = accountOf(high, reason, information, inDouble, systems);
      return new Analysis(potential, parametric, { loss, double: information }, systems, account, warningsOf(data.nRows, parametric, sets), open, high, context);
    } catch (error) {
      open.close();
      throw error;
    }
  }

  /** Parameters. */
  get n(): number {
    return this.parametric.parameters.length;
  }

  hasSet(name: string): boolean {
    return this.systems.some(({ set }) => set.name === name);
  }

  spectraOf({ set, raw, scaled }: SetSystems, name: string): SetSpectra {
    const named = (numbers: readonly number[]): string[] => numbers.map((p) => this.parametric.parameters[p].name);
    const names = named(set.parameters);
    return { name, parameters: names, unused: named(set.unused), tier: this.account.tier, raw: spectrumRecord(raw, names), scaled: spectrumRecord(scaled, names) };
  }

  participation(): Participation | null {
    const { set, raw } = this.systems.find((systems) => systems.set.name === "all") ?? this.systems[0];
    return participationOf(raw, set.name, set.parameters.map((p) => this.parametric.parameters[p].name));
  }

  covariance(name: string): Promise<Covariance & { readonly set: NamedSet }> {
    const { set } = this.systems.find((systems) => systems.set.name === name)!;
    const own = this.high
      ? preciseCovariance(this.high.source, setOf(set), this.high.potential, this.context)
      : doubleCovariance(this.information.double, setOf(set), this.open, this.context);
    return own.then((covariance) => ({ ...covariance, set }));
  }

  estimates(linear: Covariance & { readonly set: NamedSet }, all: Covariance & { readonly set: NamedSet }, residualVariance: number | null): ParameterEstimate[] {
    const errorOf = ({ variances, set }: Covariance & { readonly set: NamedSet }, p: number): number | null => {
      const place = set.parameters.indexOf(p);
      return place < 0 || residualVariance === null ? null : Math.sqrt(residualVariance * variances[place]);
    };
    return this.parametric.parameters.map(({ name, value, isLinear, isLogarithmic = false }, p) => ({
      name, value, isLinear, isLogarithmic, errorLinear: errorOf(linear, p), error: errorOf(all, p),
    }));
  }

  close(): void {
    this.open.close();
    this.high?.close();
  }
}

/** High precision where it is asked for, or where double precision falls short and the potential has it. */
async function chooseHigh(
  potential: Potential, data: FisherData, context: InformationContext, { precision = "auto", bits = DEFAULT_BITS }: FisherOptions, shortfall: string | undefined,
): Promise<{ high: HighPrecision | undefined; reason: string }> {
  const composed = potential.parametric!.composed;
  if (precision === "high" && !composed) {
    throw new InvalidParameterError(`high precision needs derivatives in high precision, which composed potentials have and ${potential.type} ones have not: leave the precision out`);
  }
  if (precision === "double") return { high: undefined, reason: shortfall ? `double precision was asked for, although ${shortfall}` : "double precision was asked for" };
  if (!shortfall && precision === "auto") return { high: undefined, reason: "singular values of J in double precision tell all eigenvalues" };
  if (!composed) return { high: undefined, reason: `${shortfall}; the derivatives of ${potential.type} potentials are double, which limits the result` };
  const high = await HighPrecision.of({ ...composed, species: potential.species }, data.structures, bits, context);
  return { high, reason: shortfall ?? "high precision was asked for" };
}

/** Bits that `auto` goes up to. */
const MOST_BITS = 1024;

/** Column of each parameter among those of the linear ones; −1: it has none. */
function linearColumns({ parameters }: Parametric): number[] {
  let next = 0;
  return parameters.map(({ isLinear }) => (isLinear ? next++ : -1));
}

/**
 * Eigensystems, in more bits where these tell too little and no number of bits was asked for.
 * @param columnOf each parameter; default: columns are numbered as parameters are
 */
async function resolved(first: HighPrecision, sets: readonly NamedSet[], { bits }: FisherOptions, columnOf?: readonly number[]): Promise<{ high: HighPrecision; systems: SetSystems[] }> {
  let high = first;
  const placed = columnOf ? sets.map((set) => ({ ...set, parameters: set.parameters.map((p) => columnOf[p]) })) : sets;
  for (;;) {
    const systems = (await systemsOf(high.source, placed)).map((system, k) => ({ ...system, set: sets[k] }));
    if (bits !== undefined || high.source.bits >= MOST_BITS || !systems.some(isUnresolved)) return { high, systems };
    high = await high.doubled();
  }
}

function accountOf(high: HighPrecision | undefined, reason: string, information: DoubleInformation, inDouble: readonly SetSystems[], systems: readonly SetSystems[]): PrecisionAccount {
  const [{ set, raw }] = inDouble;
  const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
  return {
    tier: high ? "high" : "double",
    bits: high?.source.bits ?? null,
    reason,
    log10Kappa: { eigenvaluesOfJTJ: logKappaOfProduct(information, set), singularValues: finite(logKappa(raw)), high: high ? finite(logKappa(systems[0].raw)) : null },
    log10EigenvaluesInDouble: high ? [...raw.logarithms].filter((_, k) => !isNull(raw, k)) : null,
  };
}

function warningsOf(nRows: number, { parameters }: Parametric, sets: readonly NamedSet[]): string[] {
  const warnings: string[] = [];
  const n = parameters.length;
  if (nRows < n) warnings.push(`the data has ${nRows} rows for ${n} parameters: ${n - nRows} directions at least are not determined, and there are no error bars; add structures`);
  else if (nRows === n) warnings.push(`the data has as many rows as parameters (${n}): there are no error bars; add structures`);
  const unused = [...new Set(sets.flatMap((set) => set.unused))].map((p) => parameters[p].name);
  if (unused.length > 0) {
    const some = unused.slice(0, 6).join(", ") + (unused.length > 6 ? ` and ${unused.length - 6} more` : "");
    warnings.push(`nothing in the data depends on ${some}: species or pairs of species that no structure has, or derivatives that are 0 at these values`);
  }
  return warnings;
}
