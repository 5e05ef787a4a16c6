export { tensorPairs } from "./pairs";
export { tensorTriplets } from "./triplets";
