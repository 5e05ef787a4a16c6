/** The six components xx yy zz yz xz xy in a row-major 3 × 3 tensor, and the mirror image of each. */
export const VOIGT: readonly (readonly [number, number])[] = [[0, 0], [4, 4], [8, 8], [5, 7], [2, 6], [1, 3]];

/** Where xx xy xz yx … zz stand in the six numbers xx yy zz yz xz xy. */
export const FROM_VOIGT: readonly number[] = [0, 5, 4, 5, 1, 3, 4, 3, 2];

/** Where the elements of a 3 × 3 matrix stand in its transpose: between row by row and column by column. */
export const TRANSPOSED: readonly number[] = [0, 3, 6, 1, 4, 7, 2, 5, 8];
