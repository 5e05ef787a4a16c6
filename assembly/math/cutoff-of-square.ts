// The cosine cutoff function by the square of the distance, where it needs no square root: it is even and entire. The polynomials interpolate in the
// nodes of Chebyshev and are evaluated in Estrin's scheme, because Horner's chain of dependent steps, not their number, is what costs time.
import { broadcast, lanes, larger, minus, times, timesPlus } from "./lanes";

// @ts-ignore: decorator
@inline
function linear<T>(low: f64, high: f64, x: T): T {
  return timesPlus<T>(broadcast<T>(high), x, broadcast<T>(low));
}

/** cos(πx/2) / (1 − x²) of z = x², 0 ≤ z ≤ 1; 3e-17 relative. */
// @ts-ignore: decorator
@inline
function cosineQuotient<T>(z: T, z2: T): T {
  const low = timesPlus<T>(linear<T>(0.01996895776483613, -0.000894522998138162, z), z2, linear<T>(1, -0.23370055013616783, z));
  const high = timesPlus<T>(linear<T>(6.318119670622831e-9, -6.30616956165683e-11, z), z2, linear<T>(2.47372750411264e-5, -4.6476318093539006e-7, z));
  return timesPlus<T>(high, times<T>(z2, z2), low);
}

/** sin(πx/2) / x of z = x², 0 ≤ z ≤ 1; 4e-17 relative. */
// @ts-ignore: decorator
@inline
function sineQuotient<T>(z: T, z2: T): T {
  const z4 = times<T>(z2, z2);
  const low = timesPlus<T>(linear<T>(0.07969262624616565, -0.004681754135304255, z), z2, linear<T>(1.5707963267948966, -0.6459640975062462, z));
  const high = timesPlus<T>(linear<T>(5.6921364280986254e-8, -6.684416831856085e-10, z), z2, linear<T>(0.0001604411847130916, -3.5988430204672576e-6, z));
  return timesPlus<T>(timesPlus<T>(broadcast<T>(5.87297574479995e-12), z4, high), z4, low);
}

/**
 * ½ (1 + cos(π r/end)) of `count` squares of distances (a multiple of the lanes of T), 0 from `end` on, and its derivative over the distance where
 * there is a pointer for it. Digits are not lost towards the end.
 */
export function cosineCutoffOfSquares<T>(end: f64, count: i32, squares: usize, values: usize, slopes: usize): void {
  const inverse: f64 = 1 / (end * end);
  const last = squares + (<usize>count << 3);
  for (; squares < last; squares += sizeof<T>()) {
    const z = times<T>(load<T>(squares), broadcast<T>(inverse));
    const z2 = times<T>(z, z);
    const cosine = times<T>(larger<T>(minus<T>(broadcast<T>(1), z), broadcast<T>(0)), cosineQuotient<T>(z, z2));
    store<T>(values, times<T>(cosine, cosine));
    values += sizeof<T>();
    if (slopes) {
      store<T>(slopes, times<T>(times<T>(broadcast<T>(-Math.PI * inverse), cosine), sineQuotient<T>(z, z2)));
      slopes += sizeof<T>();
    }
  }
}
