// Arithmetic that SOAP needs, with a multiply–add counted as two: the numbers behind GFLOP/s. Padding to even channels, copies,
// powers and cosines are not counted, so the rates are what arrives, not what is executed.

/** Radial functions are sums of six products, harmonics take about three (seven with gradients) multiply–adds per lm. */
function perPair(nMax, lMax, channels, mode) {
  const [l1, lm] = [lMax + 1, (lMax + 1) ** 2];
  const values = 12 * l1 * nMax + 6 * lm + 2 * lm * nMax;
  if (mode === "values") return values;
  const gradients = 26 * l1 * nMax + 14 * lm;
  // u and v against the gradient of the coefficients, then four sums over lm
  if (mode === "backward") return values + gradients + 4 * lm * nMax + 8 * lm;
  // Y·c and the three G·c; then eleven multiply–adds per feature that the species of the neighbor is in, for three directions
  const touched = l1 * (nMax * (channels - nMax) + (nMax * (nMax + 1)) / 2);
  return values + gradients + 8 * lm * channels + 22 * touched;
}

/** No products; a coefficient of the neighbor's species takes two multiply–adds for each direction. */
function perPairOfExpansion(nMax, lMax, mode) {
  if (mode !== "jacobian") return perPair(nMax, lMax, 0, mode);
  return perPair(nMax, lMax, 0, "values") + 26 * (lMax + 1) * nMax + (14 + 12 * nMax) * (lMax + 1) ** 2;
}

export function flopsOf({ name, parameters: { nMax, lMax, normalize = true } }, nSpecies, nCenters, nPairs, mode) {
  if (name === "spherical-expansion") return nPairs * perPairOfExpansion(nMax, lMax, mode);
  const channels = nSpecies * nMax;
  const lm = (lMax + 1) ** 2;
  const nFeatures = ((lMax + 1) * channels * (channels + 1)) / 2;
  let perCenter = lm * channels * (channels + 1) + (normalize ? 3 * nFeatures : 0);
  if (mode === "backward") perCenter += 2 * lm * channels ** 2 + (normalize ? 4 * nFeatures : 0);
  const projection = mode === "jacobian" && normalize ? 12 * nFeatures : 0;
  return nCenters * perCenter + nPairs * (perPair(nMax, lMax, channels, mode) + projection);
}
