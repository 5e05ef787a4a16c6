/**
 * Which column each row gets so that the sum of costs is least: the Hungarian method with potentials, O(rows² · columns) (Kuhn, Naval Res. Logist. 2, 83
 * (1955), doi:10.1002/nav.3800020109; shortest augmenting paths after Jonker & Volgenant, Computing 38, 325 (1987), doi:10.1007/BF02278710).
 * @param costs rows × columns, finite, with no more rows than columns
 */
export function assign(costs: Float64Array, rows: number, columns: number): Int32Array {
  const [ofRows, ofColumns] = [new Float64Array(rows + 1), new Float64Array(columns + 1)];
  // counted from 1; column 0 is where a row that looks for its place begins
  const rowOf = new Int32Array(columns + 1);
  const before = new Int32Array(columns + 1);
  const reached = new Float64Array(columns + 1);
  const isDone = new Uint8Array(columns + 1);
  for (let row = 1; row <= rows; row++) {
    rowOf[0] = row;
    reached.fill(Infinity);
    isDone.fill(0);
    let column = 0;
    do {
      isDone[column] = 1;
      const current = rowOf[column];
      let [step, next] = [Infinity, 0];
      for (let j = 1; j <= columns; j++) {
        if (isDone[j]) continue;
        const cost = costs[(current - 1) * columns + j - 1] - ofRows[current] - ofColumns[j];
        if (cost < reached[j]) {
          reached[j] = cost;
          before[j] = column;
        }
        if (reached[j] < step) [step, next] = [reached[j], j];
      }
      for (let j = 0; j <= columns; j++) {
        if (isDone[j]) {
          ofRows[rowOf[j]] += step;
          ofColumns[j] -= step;
        } else reached[j] -= step;
      }
      column = next;
    } while (rowOf[column] !== 0);
    for (; column !== 0; column = before[column]) rowOf[column] = rowOf[before[column]];
  }
  const columnOf = new Int32Array(rows);
  for (let j = 1; j <= columns; j++) if (rowOf[j] > 0) columnOf[rowOf[j] - 1] = j - 1;
  return columnOf;
}
