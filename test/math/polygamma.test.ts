import { describe, expect, it } from "vitest";
import { digamma, trigamma } from "../../src/math/polygamma.js";
import { expectClose } from "../expect.js";

const EULER = 0.5772156649015329;

describe("derivatives of the logarithm of the gamma function", () => {
  it("have their known values", () => {
    // DLMF 5.4.12, 5.4.13, 5.15: ψ(1) = −γ, ψ(½) = −γ − 2 ln 2, ψ′(1) = π²/6, ψ′(½) = π²/2
    expectClose([digamma(1), digamma(0.5), digamma(4)], [-EULER, -EULER - 2 * Math.LN2, 11 / 6 - EULER], 4e-15);
    expectClose([trigamma(1), trigamma(0.5), trigamma(3)], [Math.PI ** 2 / 6, Math.PI ** 2 / 2, Math.PI ** 2 / 6 - 1.25], 6e-15);
  });

  it("obey the recurrence across the change of method, and are one the derivative of the other", () => {
    for (const x of [0.03, 0.7, 5.5, 11.2, 11.9999, 12.0001, 40, 1e4]) {
      expectClose([digamma(x + 1) - digamma(x), trigamma(x) - trigamma(x + 1)], [1 / x, 1 / x ** 2], 1e-13 / x ** 2 + 1e-14);
      const step = 1e-4 * x;
      const difference = (digamma(x + step) - digamma(x - step)) / (2 * step);
      expect(Math.abs(difference / trigamma(x) - 1) < 3e-8, `${difference} and ${trigamma(x)}`).toBe(true);
    }
  });
});
