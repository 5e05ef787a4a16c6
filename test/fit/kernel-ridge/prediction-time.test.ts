// What a plan says about the time of predictions.
import { expect, it } from "vitest";
import { planKernelRidgeFit } from "../../../src/fit/index.js";
import { gaussian, smallData, soap } from "./small-fits.js";

const model = { type: "kernel-ridge" as const, terms: [{ descriptor: soap, kernel: gaussian }] };
const secondsPerAtom = async (count: number, fit = {}): Promise<number> => (await planKernelRidgeFit({ model, fit }, smallData(count), 1)).predictionSeconds.energy;

it("an atom is compared with every atom that was trained on", async () => {
  const [one, two, four] = [await secondsPerAtom(100), await secondsPerAtom(200), await secondsPerAtom(400)];
  expect((four - two) / (two - one)).toBeCloseTo(2, 6);
  expect(one > 0).toBe(true);
});

it("whether λ was chosen makes no difference, and landmarks are all that is compared with", async () => {
  expect(await secondsPerAtom(100, { regularization: { scan: { lambda: [1e-4, 1e-2] } } })).toBeCloseTo(await secondsPerAtom(100), 12);
  const quarter = await secondsPerAtom(400, { sparse: { count: 100 } });
  const atoms = [await secondsPerAtom(100), await secondsPerAtom(400)];
  expect(quarter).toBeCloseTo(atoms[0], 12);
  expect(quarter < atoms[1]).toBe(true);
});
