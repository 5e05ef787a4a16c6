// SNAP as LAMMPS has it: parameters of its computes and files as ours, quadratic terms, and potentials from .snapcoeff and .snapparam.
import { Bispectrum } from "../../src/descriptors/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { atomicNumberOf } from "../../src/structures/index.js";
import { Calculator, type System, type SystemEnvironments } from "../descriptors/calculator.js";

/** Keys of `compute sna/atom` and `.snapparam`, lists by type or element. */
export interface SnapKeys {
  readonly rcutfac: number;
  readonly twojmax: number;
  readonly rfac0: number;
  readonly rmin0: number;
  readonly R: readonly number[];
  readonly w: readonly number[];
  readonly switchflag: number;
  readonly bzeroflag: number;
  readonly bnormflag: number;
  readonly quadraticflag: number;
  readonly wselfallflag: number;
  /** element of each type, with chem */
  readonly chem?: readonly number[];
  /** with switchinnerflag 1 */
  readonly sinner?: readonly number[];
  readonly dinner?: readonly number[];
}

/** What both have where nothing is said. */
const defaults = { rfac0: 0.99363, rmin0: 0, switchflag: 1, bzeroflag: 1, bnormflag: 0, quadraticflag: 0, wselfallflag: 0 };

/** Parameters of ours for types that are these elements. */
export function bispectrumFromSnap(keys: SnapKeys, symbols: readonly string[]): { type: "bispectrum" } & Record<string, unknown> {
  const bySymbol = (values: readonly number[]): Record<string, number> => {
    if (values.length !== symbols.length) throw new Error(`${values.length} values for ${symbols.length} types`);
    return Object.fromEntries(symbols.map((symbol, type) => [symbol, values[type]]));
  };
  return {
    type: "bispectrum",
    twoJMax: keys.twojmax,
    rcutfac: keys.rcutfac,
    rfac0: keys.rfac0,
    rmin0: keys.rmin0,
    radii: bySymbol(keys.R),
    weights: bySymbol(keys.w),
    switch: keys.switchflag === 1,
    bzero: keys.bzeroflag === 1,
    bnorm: keys.bnormflag === 1,
    wselfall: keys.wselfallflag === 1,
    ...(keys.chem && { chem: bySymbol(keys.chem) }),
    ...(keys.sinner && keys.dinner && { innerSwitch: { center: bySymbol(keys.sinner), halfWidth: bySymbol(keys.dinner) } }),
  };
}

/** The optional keywords behind the weights of `compute sna/atom`, of as many types. */
export function snapOptions(text: string, nTypes: number): Partial<SnapKeys> {
  const words = text.replace(/^defaults: .*$/u, "").split(/\s+/u).filter((word) => word !== "");
  const options: Record<string, number | number[]> = {};
  const next = (): number => {
    const value = Number(words.shift());
    if (!Number.isFinite(value)) throw new Error(`the suite does not understand the options "${text}"`);
    return value;
  };
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (["rmin0", "switchflag", "bzeroflag", "quadraticflag", "bnormflag", "wselfallflag", "switchinnerflag"].includes(word)) options[word] = next();
    else if (word === "sinner" || word === "dinner") options[word] = Array.from({ length: nTypes }, next);
    else if (word === "chem") {
      next();
      options.chem = Array.from({ length: nTypes }, next);
    } else throw new Error(`the suite does not know the option ${word} of compute sna/atom`);
  }
  const { switchinnerflag, ...known } = options;
  if ((switchinnerflag === 1) !== (known.sinner !== undefined)) throw new Error("switchinnerflag and sinner go together");
  return known;
}

export const snapKeys = (given: Pick<SnapKeys, "rcutfac" | "twojmax" | "R" | "w"> & Partial<SnapKeys>): SnapKeys => ({ ...defaults, ...given });

/**
 * Components with `quadraticflag 1`: the linear ones, then for each k ½ B_k² and B_k B_l for l > k. Given rows of derivatives, theirs.
 */
export function withQuadratic(values: ArrayLike<number>, derivatives?: ArrayLike<number>): number[] {
  const n = values.length;
  const row = Array.from(derivatives ?? values);
  for (let k = 0; k < n; k++) {
    for (let l = k; l < n; l++) {
      const own = derivatives ? values[k] * derivatives[l] + derivatives[k] * values[l] : values[k] * values[l];
      row.push(k === l ? 0.5 * own : own);
    }
  }
  return row;
}

export interface SnapPrediction {
  /** eV, of each atom */
  readonly energies: Float64Array;
  /** eV/Å, nAtoms × 3 */
  readonly forces: Float64Array;
  /** eV, −∂E/∂ε, 9 */
  readonly virial: Float64Array;
}

/** A linear or quadratic SNAP potential. */
export class SnapModel {
  private readonly keys: SnapKeys;
  private readonly symbols: readonly string[];
  /** β of each element, the constant first */
  private readonly coefficients: readonly (readonly number[])[];

  constructor(snapcoeff: string, snapparam: string) {
    const [[nElements, nCoefficients], ...lines] = linesOf(snapcoeff);
    const elements = Array.from({ length: Number(nElements) }, (_, element) => {
      const [[symbol, radius, weight], ...numbers] = lines.slice(element * (1 + Number(nCoefficients)), (element + 1) * (1 + Number(nCoefficients)));
      return { symbol, radius: Number(radius), weight: Number(weight), numbers: numbers.map(([number]) => Number(number)) };
    });
    const given = Object.fromEntries(linesOf(snapparam).map(([key, ...values]) => [key, values.map(Number)]));
    const { rcutfac, twojmax, chemflag = [0], switchinnerflag = [0], sinner, dinner, ...others } = given;
    const unknown = Object.keys(others).filter((key) => !(key in defaults));
    if (unknown.length > 0) throw new Error(`.snapparam: the suite does not know ${unknown.join(", ")}`);
    this.symbols = elements.map(({ symbol }) => symbol);
    this.coefficients = elements.map(({ numbers }) => numbers);
    this.keys = snapKeys({
      rcutfac: rcutfac[0],
      twojmax: twojmax[0],
      R: elements.map(({ radius }) => radius),
      w: elements.map(({ weight }) => weight),
      ...Object.fromEntries(Object.entries(others).map(([key, [value]]) => [key, value])),
      ...(chemflag[0] === 1 && { chem: elements.map((_, element) => element) }),
      ...(switchinnerflag[0] === 1 && { sinner, dinner }),
    });
  }

  predict(executor: Executor, system: System): SnapPrediction {
    const species = this.symbols.map(atomicNumberOf).sort((a, b) => a - b);
    const calculator = new Calculator(executor, new Bispectrum(bispectrumFromSnap(this.keys, this.symbols)), species);
    try {
      const environments = calculator.environments(system);
      const { values } = calculator.compute(environments);
      const rows = system.atomicNumbers.map((z, atom) => {
        const row = values.subarray(atom * calculator.nFeatures, (atom + 1) * calculator.nFeatures);
        return this.energyOf(row, this.coefficients[this.symbols.findIndex((symbol) => atomicNumberOf(symbol) === z)]);
      });
      const gradients = Float64Array.from(rows.flatMap(({ gradient }) => gradient));
      const { backward } = calculator.compute(environments, { gradients });
      return { energies: Float64Array.from(rows, ({ energy }) => energy), ...forcesOf(environments, backward, system.atomicNumbers.length) };
    } finally {
      calculator.release();
    }
  }

  private energyOf(row: Float64Array, [constant, ...beta]: readonly number[]): { energy: number; gradient: number[] } {
    const list = this.keys.quadraticflag === 1 ? withQuadratic(row) : [...row];
    if (list.length !== beta.length) throw new Error(`${beta.length} coefficients for ${list.length} components`);
    const gradient = Array.from(row, (_, k) => beta[k]);
    if (this.keys.quadraticflag === 1) {
      for (let k = 0, at = row.length; k < row.length; k++) {
        for (let l = k; l < row.length; l++, at++) {
          gradient[k] += beta[at] * row[l];
          if (l > k) gradient[l] += beta[at] * row[k];
        }
      }
    }
    return { energy: list.reduce((sum, value, k) => sum + beta[k] * value, constant), gradient };
  }
}

/** Words of the lines that say something. */
function linesOf(text: string): string[][] {
  return text.split("\n").map((line) => line.replace(/#.*/u, "").trim().split(/\s+/u)).filter(([first]) => first !== "");
}

function forcesOf({ list, displacements, offsets }: SystemEnvironments, backward: Float64Array, nAtoms: number): Omit<SnapPrediction, "energies"> {
  const forces = new Float64Array(3 * nAtoms);
  const virial = new Float64Array(9);
  list.centerAtoms.forEach((center, index) => {
    for (let pair = offsets[index]; pair < offsets[index + 1]; pair++) {
      for (let k = 0; k < 3; k++) {
        const slope = backward[3 * pair + k];
        forces[3 * list.neighborAtoms[pair] + k] -= slope;
        forces[3 * center + k] += slope;
        for (let l = 0; l < 3; l++) virial[3 * k + l] -= slope * displacements[3 * pair + l];
      }
    }
  });
  return { forces, virial };
}
