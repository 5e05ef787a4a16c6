import { FormatError } from "../../errors.js";
import { suggestionFor } from "../../suggestion.js";
import { isPolynomial, type Yace, type YaceBond, type YacePolynomials } from "./yace-file.js";

const RADIAL_NAMES = ["ChebPow", "ChebLinear", "ChebExpCos", "SBessel"];
/** Å: rounding of ends that are written as values of x. */
const SLACK = 1e-6;

/**
 * Refuses radial functions that are not known, or not whole.
 * @param lmax of the file itself
 * @throws {FormatError}
 */
export function checkBonds({ bonds, elements, polypairpot }: Yace, lmax: number | undefined, file: string): void {
  const reach = Math.max(...bonds.flat().map(({ rcut }) => rcut), polypairpot?.rcut ?? 0);
  bonds.forEach((row, i) =>
    row.forEach((bond, j) => {
      const problem = isPolynomial(bond) ? polynomialBondProblem(bond, reach) : bondProblem(bond);
      if (problem) throw new FormatError({ file }, `bonds: ${elements[i]}-${elements[j]} ${problem}`);
    }),
  );
  const [first, ...others] = bonds.flat();
  if (others.some((bond) => isPolynomial(bond) !== isPolynomial(first))) throw new FormatError({ file }, "bonds with polynomials of ACE.jl and bonds with other radial functions do not go together");
  if (isPolynomial(first) && lmax === undefined) throw new FormatError({ file }, "lmax is missing, which files with polynomials of ACE.jl have beside functions: it is cut off, or not whole");
  if (!isPolynomial(first) && polypairpot) throw new FormatError({ file }, "polypairpot stands beside bonds that have no polynomials of ACE.jl, where it has no meaning");
}

/** The pair term of polynomials. */
export function checkPairTerm({ elements, polypairpot }: Yace, file: string): void {
  if (!polypairpot) return;
  const problem = polynomialProblem(polypairpot, Infinity);
  if (problem) throw new FormatError({ file }, `polypairpot ${problem}`);
  polypairpot.coefficients.forEach((row, i) =>
    row.forEach((own, j) => {
      if (own.length === polypairpot.maxn) return;
      throw new FormatError({ file }, `polypairpot has ${own.length} coefficients for ${elements[i]}-${elements[j]}; maxn is ${polypairpot.maxn}`);
    }),
  );
}

function missingKey(bond: YaceBond, ...keys: (keyof YaceBond)[]): string | undefined {
  const missing = keys.find((key) => bond[key] === undefined);
  return missing && `has no ${missing}`;
}

function polynomialBondProblem(bond: YaceBond, reach: number): string | undefined {
  return missingKey(bond, "p", "r0", "xl", "xr", "pl", "pr", "maxn", "recursion_coefficients") ?? polynomialProblem(bond as YacePolynomials, reach);
}

function polynomialProblem({ p, r0, xl, xr, pr, maxn, recursion_coefficients: { A, B, C } }: YacePolynomials, reach: number): string | undefined {
  const [shortest] = [A, B, C].map(({ length }) => length).sort((a, b) => a - b);
  if (shortest < maxn) return `has recursion_coefficients for ${shortest} functions; maxn is ${maxn}`;
  if (xl >= xr) return `has xl: ${xl}, xr: ${xr}; xl, the end at the cutoff, must be the smaller one`;
  const [start, end] = [xr, xl].map((x) => (1 + r0) / x ** (1 / p) - 1);
  if (pr > 0 && start < -SLACK) return `has xr: ${xr}, which no distance reaches (at most ${(1 + r0) ** p}), with pr: ${pr}: the descriptor ace has no functions that begin there`;
  if (pr === 0 && start > SLACK) return `has pr: 0 with xr: ${xr}: functions that jump at ${start.toPrecision(4)} Å, which the descriptor ace does not have`;
  return end > reach + SLACK ? `has xl: ${xl}, so that functions end at ${end.toPrecision(6)} Å, and rcut, where they are cut off, is ${reach}` : undefined;
}

function bondProblem(bond: YaceBond): string | undefined {
  const { radbasename: name, inner_cutoff_type: type = "density" } = bond;
  if (!RADIAL_NAMES.includes(name)) return `has radial functions ${name}, which are not known${suggestionFor(name, RADIAL_NAMES) || `; known are ${RADIAL_NAMES.join(", ")}`}`;
  return (
    missingKey(bond, "nradbasemax", "radcoefficients", ...(name === "ChebExpCos" ? (["dcut"] as const) : []), ...(type === "density" ? [] : (["rcut_in", "dcut_in"] as const))) ??
    (["ChebPow", "ChebExpCos"].includes(name) && !bond.radparameters?.length ? "has no radparameters" : undefined) ??
    (type === "distance" ? innerProblem(bond.rcut_in!, bond.dcut_in!) : undefined) ??
    sizeProblem(bond)
  );
}

function innerProblem(radius: number, width: number): string | undefined {
  if (radius === 0 || (width > 0 && width <= radius)) return undefined;
  const reason = width === 0 ? "functions that jump there" : "a cutoff that begins beyond a distance of 0";
  return `has rcut_in: ${radius} with dcut_in: ${width}: ${reason}, which the descriptor ace does not have`;
}

/** What is not there is 0; more than there may be is refused. */
function sizeProblem({ nradmax = Infinity, lmax = Infinity, nradbasemax: size = Infinity, radcoefficients: rows = [] }: YaceBond): string | undefined {
  if (rows.length > nradmax) return `has radcoefficients of ${rows.length} functions; nradmax is ${nradmax}`;
  const ofL = Math.max(0, ...rows.map(({ length }) => length));
  if (ofL > lmax + 1) return `has radcoefficients of ${ofL} l; lmax is ${lmax}, so that it must have ${lmax + 1}`;
  const terms = Math.max(0, ...rows.flat().map(({ length }) => length));
  return terms > size ? `has radcoefficients with ${terms} numbers each; nradbasemax is ${size}` : undefined;
}
