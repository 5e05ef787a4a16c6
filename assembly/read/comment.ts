import { BACKSLASH, byteAt, NEWLINE, RETURN, SPACE, TILDE } from "./bytes";
import { cellVolume, isSingular } from "./cell";
import { readReal } from "./decimal";
import { cells, differs, energies, PLAN_BYTES, periodic, TEXT_BYTES, textEnds, texts, virials, MOST_TEXTS } from "./memory";
import { bytesOf, ENERGY, LATTICE, OTHER_ENERGY, LinePlan, planAt, slotAt, STRESS, TEXT } from "./plan";

const LONGEST_LINE: i32 = PLAN_BYTES;
/** Numbers that are the same although they are written differently. */
const SAME: f64 = 1e-14;
const COMMA: u32 = 44;
/** Values that do not go into the arrays as they stand. */
const tensor = memory.data(8 * 9, 8);
const otherEnergy = memory.data(8, 8);

/** Texts of the block so far. */
let nTexts: i32 = 0;
let textLength: i32 = 0;

export function clearTexts(): void {
  nTexts = 0;
  textLength = 0;
}

/** Whether there is room for the texts of another line. */
export function hasRoomForTexts(): bool {
  return nTexts + 64 <= MOST_TEXTS && textLength + LONGEST_LINE <= TEXT_BYTES;
}

/** Bytes of all texts. */
export function lengthOfTexts(): i32 {
  return textLength;
}

/** Where the text of a line ends that a plan may read, whose line break stands at `lineBreak`; 0 for a line that may mean more than its bytes say. */
export function endOfText(start: usize, lineBreak: usize): usize {
  const end = lineBreak > start && byteAt(lineBreak - 1) == RETURN ? lineBreak - 1 : lineBreak;
  if (end - start > <usize>LONGEST_LINE) return 0;
  for (let p = start; p < end; p++) {
    const byte = byteAt(p);
    if (byte < SPACE || byte > TILDE || byte == BACKSLASH) return 0;
  }
  return end;
}

/** Where the line ends that starts at `start`: at its line break. */
export function lineBreakAfter(start: usize): usize {
  let p = start;
  while (byteAt(p) != NEWLINE) p++;
  return p;
}

/**
 * Reads a line into the arrays of frame `frame`; false where it does not follow the plan, which may leave anything in them. Also false for
 * numbers that `readReal` does not read, and for a cell without volume.
 */
export function readComment(index: i32, start: usize, end: usize, frame: i32): bool {
  const plan = planAt(index);
  const nTextsBefore = nTexts;
  const lengthBefore = textLength;
  if (readSlots(plan, index, start, end, frame) && finishTargets(plan, frame)) return true;
  nTexts = nTextsBefore;
  textLength = lengthBefore;
  return false;
}

function readSlots(plan: LinePlan, index: i32, start: usize, end: usize, frame: i32): bool {
  let expected = bytesOf(index);
  let p = start;
  for (let k = 0; k < plan.nSlots; k++) {
    const slot = slotAt(plan, k);
    const first = p + slot.beforeLength;
    if (first > end || !areEqual(p, expected, slot.beforeLength)) return false;
    expected += slot.beforeLength;
    const last = endOfValue(slot.end, first, end);
    if (last == 0) return false;
    if (slot.role != TEXT && !readNumbers(slot.role, first, last, frame)) return false;
    if (slot.role >= STRESS) keepText(first, last);
    p = slot.end == SPACE ? last : last + 1;
  }
  return p + plan.restLength == end && areEqual(p, expected, plan.restLength);
}

/** Where the value ends that begins at `first`; 0 for one that is written in another form. */
function endOfValue(closing: u32, first: usize, end: usize): usize {
  let last = first;
  while (last < end && byteAt(last) != closing) last++;
  if (closing != SPACE) return last < end ? last : 0;
  return last > first && byteAt(last - 1) != COMMA && !isOpening(byteAt(first)) ? last : 0;
}

/** What begins a value that is no bare word. */
function isOpening(byte: u32): bool {
  return byte == 34 || byte == 39 || byte == 91 || byte == 123 || byte == 61; // " ' [ { =
}

/** The value must be as many numbers as its role needs. */
function readNumbers(role: i32, first: usize, last: usize, frame: i32): bool {
  const closing = load<u8>(last);
  store<u8>(last, <u8>SPACE); // what ends the last number
  const count = role == ENERGY || role == OTHER_ENERGY ? 1 : 9;
  const out = role == LATTICE ? cells + 72 * frame : role == ENERGY ? energies + 8 * frame : role == OTHER_ENERGY ? otherEnergy : tensor;
  let p = first;
  for (let i = 0; i < count && p != 0; i++) p = readReal(p, out + (i << 3));
  if (p != 0) while (p < last && byteAt(p) == SPACE) p++;
  store<u8>(last, closing);
  return p == last;
}

function keepText(first: usize, last: usize): void {
  const length = i32(last - first);
  memory.copy(texts + textLength, first, length);
  textLength += length;
  store<i32>(textEnds + (nTexts << 2), textLength);
  nTexts++;
}

/** What follows from the numbers of the line; false for a cell without volume. */
function finishTargets(plan: LinePlan, frame: i32): bool {
  const cell = cells + 72 * frame;
  if (!plan.hasCell) fillNaN(cell, 9);
  else if (isSingular(cell)) return false;
  store<u8>(periodic + 3 * frame, <u8>plan.periodicA);
  store<u8>(periodic + 3 * frame + 1, <u8>plan.periodicB);
  store<u8>(periodic + 3 * frame + 2, <u8>plan.periodicC);
  const energy = energies + 8 * frame;
  if (!plan.hasEnergy) fillNaN(energy, 1);
  const value = load<f64>(energy);
  store<u8>(differs + frame, plan.hasOtherEnergy && !(abs(value - load<f64>(otherEnergy)) <= SAME * abs(value)) ? 1 : 0);
  const virial = virials + 72 * frame;
  if (!plan.hasVirial) {
    fillNaN(virial, 9);
    return true;
  }
  const volume = plan.isStress ? cellVolume(cell) : 0;
  for (let i = 0; i < 9; i++) {
    // numbers in quotes stand column by column
    const component = load<f64>(tensor + ((3 * (i % 3) + i / 3) << 3));
    store<f64>(virial + (i << 3), plan.isStress ? 0 - volume * component : component);
  }
  return true;
}

export function fillNaN(out: usize, count: i32): void {
  for (let i = 0; i < count; i++) store<f64>(out + (i << 3), NaN);
}

function areEqual(a: usize, b: usize, length: i32): bool {
  for (let i = 0; i < length; i++) if (load<u8>(a + i) != load<u8>(b + i)) return false;
  return true;
}
