import { z } from "zod";

const weight = z.number().nonnegative().optional();

/** Strategy 1 of Kondati Natarajan & Caro (2020): the errors of a potential that is trained for every candidate. */
export const validationLossSchema = z.strictObject({
  /** Chooses the errors of a fit. */
  type: z.literal("validation-loss"),
  on: z
    .enum(["validation", "test"])
    .optional()
    .describe("data that candidates are judged on; default: validation if there is any, else test, else 5 folds of the training data"),
  folds: z.int().min(2).max(100).optional().describe("cross-validation over the training structures in this many folds, in place of `on`"),
  trainOn: z
    .enum(["all", "energies"])
    .default("all")
    .describe("energies: σ of forces and virials are left out of the fits, which makes them many times cheaper; errors of all are scored"),
  metric: z.enum(["rmse", "mae"]).default("rmse").describe("what the loss sums up: root mean square or mean absolute errors, which few bad structures weigh less in"),
  weights: z
    .strictObject({
      energy: weight.describe("of the energy error in eV/atom; default 1"),
      forces: weight.describe("of the error of force components in eV/Å; default 1/30, or 0 where the data has no forces"),
      virial: weight.describe("of the virial error in eV/atom; default 0"),
    })
    .default({})
    .describe("of the sum of errors that is minimised"),
  cost: z
    .strictObject({
      of: z
        .enum(["time", "operations"])
        .default("time")
        .describe("time: of energy and forces on one thread, measured, µs/atom; operations: counted, kflop/atom, the same in every run and on every machine"),
      price: z.number().nonnegative().default(0).describe("added to the loss for every µs/atom or kflop/atom"),
      power: z.number().nonnegative().max(2).default(0).describe("the loss is multiplied by this power of the cost: with 0.1, half the cost outweighs errors that are 7 % larger"),
    })
    .optional()
    .describe("what energy and forces cost; with price and power 0 it is reported only"),
});

export type ValidationLossOptions = z.output<typeof validationLossSchema>;
