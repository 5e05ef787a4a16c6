// What neighbors are pulled with, collected per neighbor: a multiple of its own displacement, which is a number, and a vector of multiples of those
// of others.
import { broadcast, timesPlus } from "../../math/lanes";
import { recordAt } from "../../records";
import { arms, blockRow, BlockRow, Bucket, neighborRow, NeighborRow, pulls, ROW, termRow } from "./scratch";
import { AcsfTables, Channel, FunctionSet, RadialFunction } from "./tables";

/** What functions of pairs pull every neighbor with; overwrites what stands there. */
export function radialPulls<T>(tables: AcsfTables, set: FunctionSet, capacity: i32, gradients: usize, scratch: usize): void {
  const nSpecies = tables.nSpecies;
  for (let s = 0; s < nSpecies; s++) {
    const bucket = recordAt<Bucket>(scratch + tables.bucketsAt, s);
    const channel = recordAt<Channel>(set.channels, s);
    const nRadial = channel.nRadial;
    if (bucket.count == 0) continue;
    const bytes = <usize>bucket.size << 3;
    const row = <usize>capacity << 3;
    const slopes = termRow(tables, capacity, 1, 0, scratch) + (<usize>bucket.start << 3);
    const to = pulls(tables, capacity, scratch) + (<usize>bucket.start << 5);
    // the rows of the cutoff function have served
    const sum = neighborRow(tables, capacity, NeighborRow.cutoff, scratch);
    memory.fill(sum, 0, bytes);
    for (let i = 0; i < nRadial; i++) {
      const radial = recordAt<RadialFunction>(channel.radial, i);
      const from = slopes + <usize>radial.term * row;
      const factor = broadcast<T>(radial.weight * load<f64>(gradients + (<usize>radial.feature << 3)));
      for (let at: usize = 0; at < bytes; at += sizeof<T>()) store<T>(sum + at, timesPlus<T>(factor, load<T>(from + at), load<T>(sum + at)));
    }
    for (let at: usize = 0; at < bytes; at += 8) {
      const pull = to + (at << 2);
      store<f64>(pull, load<f64>(sum + at));
      store<f64>(pull, 0, 8);
      store<f64>(pull, 0, 16);
      store<f64>(pull, 0, 24);
    }
  }
}

/** Adds the multiples to what neighbors are pulled with. */
export function pullNeighbors<T>(tables: AcsfTables, capacity: i32, count: i32, scratch: usize): void {
  const base = blockRow(tables, 0, scratch);
  const forces = pulls(tables, capacity, scratch);
  const displacements = arms(tables, capacity, scratch);
  for (let at = base; at < base + (<usize>count << 3); at += 8) {
    const j = <usize>load<u32>(at, <usize>BlockRow.indices * ROW) << 2;
    const k = <usize>load<u32>(at, <usize>BlockRow.indices * ROW + 4) << 2;
    const cross = at + <usize>BlockRow.angle * ROW;
    pull<T>(forces + j, at + <usize>BlockRow.first * ROW, cross, displacements + k);
    pull<T>(forces + k, at + <usize>BlockRow.second * ROW, cross, displacements + j);
  }
}

/** Adds the multiple of the own displacement, and that of the other's. */
// @ts-ignore: decorator
@inline
function pull<T>(to: usize, own: usize, cross: usize, other: usize): void {
  if (isVector<T>()) {
    const both = v128.load64_splat(cross);
    store<v128>(to, timesPlus<v128>(v128.load64_lane(own, both, 0), load<v128>(other), load<v128>(to)));
    store<v128>(to, timesPlus<v128>(both, load<v128>(other, 16), load<v128>(to, 16)), 16);
  } else {
    const factor = load<f64>(cross);
    store<f64>(to, load<f64>(to) + load<f64>(own));
    store<f64>(to, load<f64>(to, 8) + factor * load<f64>(other, 8), 8);
    store<f64>(to, load<f64>(to, 16) + factor * load<f64>(other, 16), 16);
    store<f64>(to, load<f64>(to, 24) + factor * load<f64>(other, 24), 24);
  }
}

/** Writes the gradients of the pairs of the center; `firstPair` is that of the batch. */
export function writePulls(tables: AcsfTables, capacity: i32, firstPair: i32, out: usize, scratch: usize): void {
  const nSpecies = tables.nSpecies;
  const row = <usize>capacity << 3;
  const rows = neighborRow(tables, capacity, 0, scratch);
  for (let s = 0; s < nSpecies; s++) {
    const bucket = recordAt<Bucket>(scratch + tables.bucketsAt, s);
    for (let place = bucket.start; place < bucket.start + bucket.count; place++) {
      const at = rows + (<usize>place << 3);
      const from = pulls(tables, capacity, scratch) + (<usize>place << 5);
      const own = load<f64>(from);
      const to = out + <usize>(load<i32>(at) - firstPair) * 24;
      store<f64>(to, own * load<f64>(at + <usize>NeighborRow.x * row) + load<f64>(from, 8));
      store<f64>(to, own * load<f64>(at + <usize>NeighborRow.y * row) + load<f64>(from, 16), 8);
      store<f64>(to, own * load<f64>(at + <usize>NeighborRow.z * row) + load<f64>(from, 24), 16);
    }
  }
}
