export { contractMatrixSlopes } from "./contract";
export { coulombMatrix, coulombSlopes } from "./coulomb";
export { ewaldReal, ewaldReciprocal } from "./ewald";
export { sineMatrix, sineSlopes } from "./sine";
