export { contractMatrixSlopes } from "./contract";
export { coulombMatrix, coulombSlopes } from "./coulomb";
export { sineMatrix, sineSlopes } from "./sine";
