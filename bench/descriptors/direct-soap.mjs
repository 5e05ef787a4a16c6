// SOAP, soap_turbo and the coefficients of an expansion of one environment by direct sums, to verify the routines before they are timed: harmonics from their
// definition, radial functions without splines. Knows the cosine cutoff function and no compression, which is what the cases use.
import { radialBases } from "../../dist/descriptors/density-expansion/conventions.js";
import { radialFunctions } from "../../dist/descriptors/soap-turbo/radial-functions.js";

const factorial = (n) => (n < 2 ? 1 : n * factorial(n - 1));

/** Real spherical harmonics of a unit vector, [l² + l + m]. */
function harmonics(lMax, [x, y, z]) {
  const out = new Float64Array((lMax + 1) ** 2);
  const [phi, sine] = [Math.atan2(y, x), Math.hypot(x, y)];
  for (let l = 0; l <= lMax; l++) {
    for (let m = 0; m <= l; m++) {
      let legendre = 0;
      for (let k = 0; 2 * k <= l - m; k++) {
        const power = l - 2 * k - m;
        legendre += (((-1) ** k * factorial(2 * l - 2 * k)) / (factorial(k) * factorial(l - k) * factorial(power))) * z ** power;
      }
      const norm = Math.sqrt((((2 * l + 1) / (4 * Math.PI)) * factorial(l - m)) / factorial(l + m)) * (m > 0 ? Math.SQRT2 : 1);
      const value = (norm * legendre * sine ** m) / 2 ** l;
      out[l * l + l + m] = value * Math.cos(m * phi);
      if (m > 0) out[l * l + l - m] = value * Math.sin(m * phi);
    }
  }
  return out;
}

/**
 * @param soap the descriptor
 * @param neighbors [{ species, displacement }], species as indices below nSpecies
 * @returns Float64Array of the features, in the order of the convention
 */
export function directSoap(soap, nSpecies, centerSpecies, neighbors) {
  const { nMax, lMax, normalize = true } = soap.parameters;
  const { center, radial, order } = soap.name === "soap-turbo" ? turboRadial(soap) : soapRadial(soap);
  const channels = nSpecies * nMax;
  const c = Array.from({ length: channels }, () => new Float64Array((lMax + 1) ** 2));
  center.forEach((value, n) => (c[centerSpecies * nMax + n][0] += value));
  for (const { species, displacement } of neighbors) {
    const r = Math.hypot(...displacement);
    const q = radial(r);
    const y = harmonics(lMax, displacement.map((x) => x / r));
    for (let l = 0; l <= lMax; l++) {
      for (let lm = l * l; lm < (l + 1) ** 2; lm++) {
        for (let n = 0; n < nMax; n++) c[species * nMax + n][lm] += q[l * nMax + n] * y[lm];
      }
    }
  }
  if (soap.name === "spherical-expansion") return coefficients(c, nSpecies, lMax);
  const product = (a, b, l) => {
    let sum = 0;
    for (let lm = l * l; lm < (l + 1) ** 2; lm++) sum += c[a][lm] * c[b][lm];
    return sum;
  };
  const values = order(channels, lMax, product, nSpecies);
  const norm = normalize ? Math.hypot(...values) : 1;
  return Float64Array.from(values, (value) => value / norm);
}

/** [species][l² + l + m][n] */
function coefficients(c, nSpecies, lMax) {
  const nMax = c.length / nSpecies;
  return Float64Array.from({ length: c.length * (lMax + 1) ** 2 }, (_, at) => {
    const [row, n] = [Math.floor(at / nMax), at % nMax];
    return c[Math.floor(row / (lMax + 1) ** 2) * nMax + n][row % (lMax + 1) ** 2];
  });
}

function soapRadial({ name, parameters: { basis, nMax, lMax, sigma, cutoff }, cutoff: range }) {
  const { make, convention } = radialBases[basis];
  const { functions, center } = make({ nMax, lMax, sigma, radius: cutoff.radius, range, factor: name === "soap" ? convention.spectrumFactor : () => 1, gridDecades: 10 });
  const radial = (r) => {
    const q = new Float64Array((lMax + 1) * nMax);
    const t = cutoff.function === "cosine" ? Math.max(0, (r - cutoff.radius + cutoff.width) / cutoff.width) : 0;
    functions.evaluate(r, 0, q);
    return q.map((value) => 0.5 * (1 + Math.cos(Math.PI * t)) * value);
  };
  return { center, radial, order: orders[convention.order] };
}

function turboRadial({ parameters }) {
  const { nMax, lMax, cutoff, amplitudeScaling } = parameters;
  const { pieces, center } = radialFunctions(parameters);
  const radial = (r) => {
    const q = new Float64Array((lMax + 1) * nMax);
    const x = r / cutoff.radius;
    pieces.find(({ end }) => r <= end).functions.evaluate(r, 0, q);
    return q.map((value) => (1 + 2 * x ** 3 - 3 * x ** 2) ** amplitudeScaling * value);
  };
  return { center, radial, order: turboOrder };
}

function dscribeOrder(channels, lMax, product, nSpecies) {
  const values = [];
  const nMax = channels / nSpecies;
  for (let a = 0; a < nSpecies; a++)
    for (let b = a; b < nSpecies; b++)
      for (let l = 0; l <= lMax; l++)
        for (let n = 0; n < nMax; n++)
          for (let m = a === b ? n : 0; m < nMax; m++) values.push(product(a * nMax + n, b * nMax + m, l));
  return values;
}

function quipOrder(channels, lMax, product) {
  const values = [];
  for (let a = 0; a < channels; a++)
    for (let b = 0; b <= a; b++) for (let l = 0; l <= lMax; l++) values.push(product(a, b, l) * (a === b ? 1 : Math.SQRT2));
  return values;
}

function librascalOrder(channels, lMax, product, nSpecies) {
  const values = [];
  const nMax = channels / nSpecies;
  for (let a = 0; a < nSpecies; a++)
    for (let b = a; b < nSpecies; b++)
      for (let n = 0; n < nMax; n++)
        for (let m = 0; m < nMax; m++)
          for (let l = 0; l <= lMax; l++) values.push(product(a * nMax + n, b * nMax + m, l) * (a === b ? 1 : Math.SQRT2));
  return values;
}

const orders = { dscribe: dscribeOrder, lower: quipOrder, librascal: librascalOrder };

function turboOrder(channels, lMax, product) {
  const values = [];
  for (let a = 0; a < channels; a++)
    for (let b = a; b < channels; b++) for (let l = 0; l <= lMax; l++) values.push(product(a, b, l) * (a === b ? 1 : Math.SQRT2));
  return values;
}
