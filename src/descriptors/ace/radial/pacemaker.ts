import { composed, constant, exponential, type Jet, plus, scaled, times } from "../../../math/jet.js";
import type { InnerSwitch, RadialParameters } from "../parameters.js";
import { type RadialJets, type RadialPiece, type RadialSet, zeros } from "./radial-functions.js";

export type PacemakerParameters = Exclude<RadialParameters, { type: "polynomials" }>;

/** g_k, k = 1 … size, of pacemaker: Lysogorskiy et al., npj Comput. Mater. 7, 97 (2021), 10.1038/s41524-021-00559-9. */
export function pacemakerSet(parameters: PacemakerParameters, size: number, cutoff: number): RadialSet {
  const functions = functionsOf(parameters, size, cutoff);
  const pieces = [...innerEnds(parameters, size, cutoff).map((end) => ({ end, functions: functions(false) })), { end: cutoff, functions: functions(true) }];
  return { size, pieces: switchedInside(parameters.innerSwitch, pieces, size), scale: cutoff / (2 + size) };
}

/** Where (1 − t)^λ is below this nothing is lost by a table that does not follow it. */
const VANISHING = 1e-14;
/** Lengths of pieces beside the ends of the range, one to the next. */
const GRADE = 4;

/**
 * Å: where pieces end before the cutoff. T_k changes over 1/k² at the ends of x and over 1/k between them: with pieces that shrink towards the ends
 * tables take ten times fewer nodes.
 */
function innerEnds(parameters: PacemakerParameters, size: number, cutoff: number): number[] {
  const [first, last] = steepEnds(parameters, size);
  const knee = parameters.type === "chebyshev-exponential-cosine" ? [cutoff - parameters.switchWidth] : [];
  const inner = Array.from({ length: first }, (_, k) => cutoff * GRADE ** (k - first));
  const outer = Array.from({ length: last }, (_, k) => cutoff * (1 - GRADE ** -(k + 1)));
  return [...new Set([...inner, ...outer, ...knee])].filter((end) => end > 0 && end < cutoff).sort((a, b) => a - b);
}

/** Pieces beside zero and beside the cutoff. */
function steepEnds(parameters: PacemakerParameters, size: number): [number, number] {
  // of x by t = r/r_c
  const pieces = (slope: number): number => Math.max(0, Math.ceil(Math.log(0.1 * slope * size ** 2) / Math.log(GRADE)));
  switch (parameters.type) {
    case "chebyshev-linear":
      return [pieces(1), 0];
    case "chebyshev-exponential-cosine": {
      const { lambda } = parameters;
      const slope = (2 * lambda) / (1 - Math.exp(-lambda));
      return [pieces(slope), pieces(slope * Math.exp(-lambda))];
    }
    case "chebyshev-power": {
      // a derivative without bounds at the cutoff
      const isSmooth = Number.isInteger(parameters.lambda) || parameters.lambda >= 4;
      return [pieces(2 * parameters.lambda), isSmooth ? 0 : Math.ceil(Math.log(VANISHING) / (-parameters.lambda * Math.log(GRADE)))];
    }
    case "simplified-bessel":
      return [0, 0];
  }
}

function functionsOf(parameters: PacemakerParameters, size: number, cutoff: number): (isLast: boolean) => RadialJets {
  switch (parameters.type) {
    case "chebyshev-power":
      return () => (r, out) => halfOneMinus(powerVariable(r / cutoff, 1 / cutoff, parameters.lambda), size, 0, out);
    case "chebyshev-linear":
      return () => (r, out) => halfOneMinus([1 - r / cutoff, -1 / cutoff, 0], size, 0, out);
    case "chebyshev-exponential-cosine":
      return (isLast) => (r, out) => {
        const { lambda, switchWidth } = parameters;
        halfOneMinus(exponentialVariable(r / cutoff, 1 / cutoff, lambda), size, 1, out);
        let factor = raisedCosine(Math.PI / cutoff, r);
        if (isLast && switchWidth > 0) factor = times(factor, raisedCosine(Math.PI / switchWidth, Math.min(switchWidth, r - cutoff + switchWidth)));
        for (let k = 0; k < size; k++) out[k] = times(factor, out[k]);
      };
    case "simplified-bessel":
      return () => (r, out) => simplifiedBessel(r, size, cutoff, out);
  }
}

/** 2 (1 − (1 − t)^λ) − 1 */
function powerVariable(t: number, slope: number, lambda: number): Jet {
  const rest = Math.max(0, 1 - t);
  return [1 - 2 * rest ** lambda, 2 * lambda * rest ** (lambda - 1) * slope, -2 * lambda * (lambda - 1) * rest ** (lambda - 2) * slope ** 2];
}

/** 1 − 2 (e^{−λ t} − e^{−λ}) / (1 − e^{−λ}) */
function exponentialVariable(t: number, slope: number, lambda: number): Jet {
  const last = Math.exp(-lambda);
  return plus(constant(1), scaled(-2 / (1 - last), plus(exponential([-lambda * t, -lambda * slope, 0]), constant(-last))));
}

/** ½ (1 + cos(factor · r)) */
function raisedCosine(factor: number, r: number): Jet {
  const phase = factor * r;
  return [0.5 * (1 + Math.cos(phase)), -0.5 * factor * Math.sin(phase), -0.5 * factor ** 2 * Math.cos(phase)];
}

/** ½ (1 − T_k(x)) from k = 1 on, after `ones` functions that are 1. */
function halfOneMinus(x: Jet, size: number, ones: number, out: Jet[]): void {
  // T_{k+1} = 2 x T_k − T_{k−1} in plain numbers: tables ask for a hundred of them at thousands of places
  let [before, here] = [[1, 0, 0], [...x]];
  for (let k = 0; k < size; k++) {
    if (k < ones) {
      out[k] = constant(1);
      continue;
    }
    out[k] = [0.5 - 0.5 * here[0], -0.5 * here[1], -0.5 * here[2]];
    const value = 2 * x[0] * here[0] - before[0];
    const first = 2 * (x[1] * here[0] + x[0] * here[1]) - before[1];
    const second = 2 * (x[2] * here[0] + 2 * x[1] * here[1] + x[0] * here[2]) - before[2];
    [before, here] = [here, [value, first, second]];
  }
}

/** Kocer, Mason & Erturk, AIP Adv. 10, 015021 (2020), 10.1063/1.5111045: orthonormal with r² dr, value and slope 0 at the cutoff. */
function simplifiedBessel(r: number, size: number, cutoff: number, out: Jet[]): void {
  let d = 1;
  for (let n = 0; n < size; n++) {
    const [u, v] = [n + 1, n + 2];
    const factor = (n % 2 === 0 ? 1 : -1) * ((Math.SQRT2 * Math.PI) / cutoff ** 1.5) * ((u * v) / Math.hypot(u, v));
    const own = scaled(factor, plus(sinc(r, (u * Math.PI) / cutoff), sinc(r, (v * Math.PI) / cutoff)));
    if (n === 0) {
      out[0] = own;
      continue;
    }
    const e = (n ** 2 * (n + 2) ** 2) / (4 * (n + 1) ** 4 + 1);
    const next = 1 - e / d;
    out[n] = scaled(1 / Math.sqrt(next), plus(own, scaled(Math.sqrt(e / d), out[n - 1])));
    d = next;
  }
}

/** sin(k r) / (k r) */
function sinc(r: number, k: number): Jet {
  const x = k * r;
  if (x < 0.3) return sincSeries(x, k);
  const [sine, cosine] = [Math.sin(x), Math.cos(x)];
  const first = (cosine - sine / x) / x;
  return [sine / x, k * first, k * k * (-sine / x - (2 * first) / x)];
}

function sincSeries(x: number, k: number): Jet {
  const u = x * x;
  let [value, first, second] = [1, 0, 0];
  let coefficient = 1; // (−1)^j / (2j + 1)!
  let before = 1; // u^{j−1}
  for (let j = 1; j < 10; j++) {
    coefficient /= -(2 * j) * (2 * j + 1);
    value += coefficient * before * u;
    first += 2 * j * coefficient * before * x;
    second += 2 * j * (2 * j - 1) * coefficient * before;
    before *= u;
  }
  return [value, k * first, k * k * second];
}

/** Multiplied by 1 − S, which rises from 0 at radius − width to 1 at radius. */
function switchedInside(inner: InnerSwitch, pieces: readonly RadialPiece[], size: number): RadialPiece[] {
  if (!inner) return [...pieces];
  const [from, to] = [Math.max(0, inner.radius - inner.width), inner.radius];
  const switched = (functions: RadialJets): RadialJets => (r, out) => {
    functions(r, out);
    const factor = oneMinusSwitch(r, inner.radius, inner.width);
    for (let k = 0; k < size; k++) out[k] = times(factor, out[k]);
  };
  const rising = pieces.flatMap(({ end, functions }, i) => {
    const start = i > 0 ? pieces[i - 1].end : 0;
    return to > start && from < end ? [{ end: Math.min(end, to), functions: switched(functions) }] : [];
  });
  return [...(from > 0 ? [{ end: from, functions: zeros(size) }] : []), ...rising, ...pieces.filter(({ end }) => end > to)];
}

/** 1 − S(r): S = ½ + 3.75 (X/4 − X³/6 + X⁵/20), X = 1 − 2 (1 + (r − a)/w) from radius − width to radius. */
function oneMinusSwitch(r: number, radius: number, width: number): Jet {
  const x = Math.min(1, Math.max(-1, 1 - 2 * (1 + (r - radius) / width)));
  const s: Jet = [0.5 + 3.75 * (x / 4 - x ** 3 / 6 + x ** 5 / 20), 3.75 * (0.25 - 0.5 * x * x + 0.25 * x ** 4), 3.75 * (-x + x ** 3)];
  return plus(constant(1), scaled(-1, composed(s, [x, -2 / width, 0])));
}

