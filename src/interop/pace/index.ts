export { readYaceModel } from "./read-model.js";
export { type RadialProjection, writeYaceModel, type WriteYaceOptions, type WrittenYace } from "./write-model.js";
