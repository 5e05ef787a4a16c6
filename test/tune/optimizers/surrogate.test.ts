import { describeOptimizer } from "../../contracts/optimizer.js";

for (const model of ["linear", "quadratic", "gp", "auto"]) {
  describeOptimizer({
    title: `surrogate ${model}`,
    options: { type: "surrogate", model, points: 18, rounds: 2, design: model === "gp" ? "sobol" : "latin-hypercube" },
    generations: 5,
    finishes: true,
    beginsAtStart: true,
  });
}
