import { describeOptimizer } from "../../contracts/optimizer.js";

for (const model of ["none", "linear", "quadratic", "gp"]) {
  describeOptimizer({
    title: `domain-reduction, ${model}`,
    options: { type: "domain-reduction", model },
    generations: model === "none" ? 6 : 4,
    finishes: false,
    beginsAtStart: true,
  });
}
describeOptimizer({
  title: "domain-reduction to the end",
  options: { type: "domain-reduction", model: "none", tolerance: 0.3 },
  generations: 40,
  finishes: true,
  beginsAtStart: true,
});
