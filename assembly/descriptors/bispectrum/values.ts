// B = Re Σ Z U* of every triple, two centers in the lanes of T.
import { broadcast, timesPlus } from "../../math/lanes";
import { Environments } from "../../neighbors/environments";
import { bytesOf, recordAt } from "../../records";
import { columnsOfRow, coupleRow } from "./coupling";
import { expandCenter } from "./density";
import { fillMatrices, interleave } from "./matrices";
import { BispectrumTables, Coupling, CouplingTerm } from "./tables";

/** out: rows of features of the centers; state: their densities. */
export function valuesOfCenters<T>(center: i32, count: i32, environments: Environments, tables: BispectrumTables, out: usize, state: usize, scratch: usize): void {
  const bytes = <usize>(tables.nElements * tables.nCoefficients) << 3;
  for (let i = 0; i < count; i++) expandCenter<T>(center + i, environments, tables, state + <usize>i * bytes, scratch);
  placeDensities<T>(tables, count, state, scratch);
  fillMatrices<T>(tables, scratch);
  const features = scratch + tables.featuresAt;
  memory.fill(features, 0, <usize>tables.nFeatures * sizeof<T>());
  for (let i = 0; i < tables.nValueCouplings; i++) addCoupling<T>(recordAt<Coupling>(tables.valueCouplings, i), tables, features, scratch);
  for (let i = 0; i < count; i++) storeFeatures<T>(center + i, i, environments, tables, features, out + (<usize>(i * tables.nFeatures) << 3));
}

/** Densities of one or two centers to the lanes; one stands in both. */
export function placeDensities<T>(tables: BispectrumTables, count: i32, state: usize, scratch: usize): void {
  const numbers = tables.nElements * tables.nCoefficients;
  const second = count > 1 ? state + (<usize>numbers << 3) : state;
  interleave<T>(numbers, state, second, scratch + tables.densityAt);
}

function addCoupling<T>(coupling: Coupling, tables: BispectrumTables, features: usize, scratch: usize): void {
  const matrices = scratch + tables.matricesAt;
  const z = scratch + tables.rowAt;
  const j = coupling.j;
  const first = tables.valueTerms + <usize>coupling.firstTerm * bytesOf<CouplingTerm>();
  const end = tables.valueTerms + <usize>coupling.endTerm * bytesOf<CouplingTerm>();
  for (let row = 0; 2 * row <= j; row++) {
    coupleRow<T>(coupling, row, matrices, z);
    const bytes = <usize>columnsOfRow(j, row) * 2 * sizeof<T>();
    for (let at = first; at < end; at += bytesOf<CouplingTerm>()) {
      const term = changetype<CouplingTerm>(at);
      const u = matrices + <usize>(term.at + row * (j + 1)) * 2 * sizeof<T>();
      let sum = broadcast<T>(0);
      let other = broadcast<T>(0);
      for (let i: usize = 0; i < bytes; i += 2 * sizeof<T>()) {
        sum = timesPlus<T>(load<T>(z + i), load<T>(u + i), sum);
        other = timesPlus<T>(load<T>(z + i, sizeof<T>()), load<T>(u + i, sizeof<T>()), other);
      }
      const to = features + <usize>term.feature * sizeof<T>();
      const factor = broadcast<T>(term.factor);
      store<T>(to, timesPlus<T>(factor, other, timesPlus<T>(factor, sum, load<T>(to))));
    }
  }
}

/** One lane, without what an isolated atom has. */
function storeFeatures<T>(center: i32, index: i32, environments: Environments, tables: BispectrumTables, features: usize, out: usize): void {
  const n = tables.nFeatures;
  const species = load<i32>(environments.centerSpecies + (<usize>center << 2));
  const zero = tables.zero + (<usize>((species + 1) * n) << 3);
  const from = features + (<usize>index << 3);
  for (let i = 0; i < n; i++) {
    const at = <usize>i << 3;
    store<f64>(out + at, load<f64>(from + <usize>i * sizeof<T>()) - load<f64>(zero + at));
  }
}
