import { describeOptimizer } from "../contracts/optimizer.js";

describeOptimizer({
  title: "bayesian",
  options: { type: "bayesian", initialPoints: 8 },
  generations: 4,
  finishes: false,
  beginsAtStart: true,
});
describeOptimizer({
  title: "bayesian beyond its number of points",
  options: { type: "bayesian", initialPoints: 20, maximumPoints: 20, batch: 2 },
  generations: 3,
  finishes: false,
  beginsAtStart: true,
});
