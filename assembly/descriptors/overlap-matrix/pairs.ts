// What the overlaps of the orbitals of one atom with those of all others are made of, as rows over the others.
import { exponential } from "../../math/exp";
import { broadcast, loadBroadcast, minus, over, plus, squareRoot, times, timesPlus } from "../../math/lanes";
import { AtomRow, atomRow } from "./atoms";
import { OverlapTables } from "./tables";

/** Rows over atoms j for one atom i. */
export const enum PairRow {
  /** Å: R_i − R_j */
  dx,
  dy,
  dz,
  /** f_i f_j ⟨s_i|s_j⟩ */
  overlap,
  /** 2μ, 1/Å² */
  twiceMu,
  /** 2 √α_j α_i/(α_i + α_j), 1/Å: ⟨s_i|p_j⟩ over d ⟨s_i|s_j⟩ */
  right,
  /** 2 √α_i α_j/(α_i + α_j), 1/Å: −⟨p_i|s_j⟩ over d ⟨s_i|s_j⟩ */
  left,
  /** 2 √(α_i α_j)/(α_i + α_j) */
  ratio,
  /** f_i′/r_i f_j ⟨s_i|s_j⟩, 1/Å² */
  fading,
  count,
}

/** A row over the others. */
// @ts-ignore: decorator
@inline
export function pairRow(tables: OverlapTables, row: i32, scratch: usize): usize {
  return scratch + <usize>tables.pairsAt + ((<usize>(row * tables.stride)) << 3);
}

/** Fills the rows of atom i for atoms from `first` on, an even number. */
export function fillPairs<T>(nAtoms: i32, i: i32, first: i32, tables: OverlapTables, scratch: usize): void {
  const step = (<usize>tables.stride) << 3;
  const atoms = atomRow(tables, 0, scratch);
  const pairs = pairRow(tables, 0, scratch);
  const own = atoms + ((<usize>i) << 3);
  const x = loadBroadcast<T>(own + <usize>AtomRow.x * step);
  const y = loadBroadcast<T>(own + <usize>AtomRow.y * step);
  const z = loadBroadcast<T>(own + <usize>AtomRow.z * step);
  const alpha = loadBroadcast<T>(own + <usize>AtomRow.alpha * step);
  const root = loadBroadcast<T>(own + <usize>AtomRow.root * step);
  const weight = loadBroadcast<T>(own + <usize>AtomRow.weight * step);
  const slope = loadBroadcast<T>(own + <usize>AtomRow.slope * step);
  const two = broadcast<T>(2);
  const end = (<usize>nAtoms) << 3;
  for (let at = (<usize>first) << 3; at < end; at += sizeof<T>()) {
    const other = atoms + at;
    const out = pairs + at;
    const dx = minus<T>(x, load<T>(other + <usize>AtomRow.x * step));
    const dy = minus<T>(y, load<T>(other + <usize>AtomRow.y * step));
    const dz = minus<T>(z, load<T>(other + <usize>AtomRow.z * step));
    const alphaOfOther = load<T>(other + <usize>AtomRow.alpha * step);
    const rootOfOther = load<T>(other + <usize>AtomRow.root * step);
    const twice = over<T>(two, plus<T>(alpha, alphaOfOther));
    const right = times<T>(times<T>(twice, alpha), rootOfOther);
    const left = times<T>(times<T>(twice, alphaOfOther), root);
    const ratio = times<T>(times<T>(twice, root), rootOfOther);
    const twiceMu = times<T>(times<T>(twice, alpha), alphaOfOther);
    const squared = timesPlus<T>(dx, dx, timesPlus<T>(dy, dy, times<T>(dz, dz)));
    const gaussian = exponential<T>(times<T>(times<T>(broadcast<T>(-0.5), twiceMu), squared));
    const fading = times<T>(times<T>(times<T>(ratio, squareRoot<T>(ratio)), gaussian), load<T>(other + <usize>AtomRow.weight * step));
    store<T>(out + <usize>PairRow.dx * step, dx);
    store<T>(out + <usize>PairRow.dy * step, dy);
    store<T>(out + <usize>PairRow.dz * step, dz);
    store<T>(out + <usize>PairRow.overlap * step, times<T>(weight, fading));
    store<T>(out + <usize>PairRow.twiceMu * step, twiceMu);
    store<T>(out + <usize>PairRow.right * step, right);
    store<T>(out + <usize>PairRow.left * step, left);
    store<T>(out + <usize>PairRow.ratio * step, ratio);
    store<T>(out + <usize>PairRow.fading * step, times<T>(slope, fading));
  }
}
