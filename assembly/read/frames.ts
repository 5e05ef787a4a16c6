import { byteAt, isBlank, NEWLINE, PLUS, RETURN, skipBlanks, ZERO } from "./bytes";
import { clearTexts, endOfText, fillNaN, hasRoomForTexts, lengthOfTexts, lineBreakAfter, readComment } from "./comment";
import { readReal } from "./decimal";
import { atomCounts, atomicNumbers, forces, framePlans, MOST_FRAMES, MOST_ROWS, positions, result, symbols, window } from "./memory";
import { LinePlan, planAt, POSITIONS, SPECIES } from "./plan";

/** Why reading ended: at something that is left to the host, in a frame that goes on behind the window, or because the arrays are full. */
const ODD: i32 = 0;
const INCOMPLETE: i32 = 1;
const FULL: i32 = 2;

/** Digits of the number of atoms: more are not read. */
const MOST_DIGITS: i32 = 9;

/** Where and why reading ended. */
@unmanaged
class ReadResult {
  /** In the window: the start of the first frame that was not read. */
  position: i32;
  reason: i32;
  nFrames: i32;
  nAtoms: i32;
  nTextBytes: i32;
}

let nFrames: i32 = 0;
let nAtoms: i32 = 0;
let reason: i32 = 0;
/** Of the frame that is being read. */
let count: i32 = 0;
/** The plan that served last. */
let lastPlan: i32 = 0;

/**
 * Reads as many whole frames as there are from `start` in the window, which ends with a line break before `end`. A frame is read when it
 * follows one of the plans and nothing is unusual about it; what is unusual is left to the host, which also knows what to say of it.
 */
export function readFrames(start: i32, end: i32, nPlans: i32): void {
  const stop = window + end;
  let p: usize = window + start;
  nFrames = 0;
  nAtoms = 0;
  clearTexts();
  while (true) {
    const next = readFrame(p, stop, nPlans);
    if (next == 0) break;
    p = next;
  }
  const out = changetype<ReadResult>(result);
  out.position = i32(p - window);
  out.reason = reason;
  out.nFrames = nFrames;
  out.nAtoms = nAtoms;
  out.nTextBytes = lengthOfTexts();
}

/** Position behind the frame; 0 and a reason where it was not read. */
function readFrame(start: usize, stop: usize, nPlans: i32): usize {
  if (start >= stop) return endFor(INCOMPLETE);
  if (nFrames == MOST_FRAMES || !hasRoomForTexts()) return endFor(FULL);
  const comment = readCount(start);
  if (comment == 0 || count > MOST_ROWS) return endFor(ODD);
  if (comment >= stop) return endFor(INCOMPLETE);
  if (nAtoms + count > MOST_ROWS) return endFor(FULL);
  const lineBreak = lineBreakAfter(comment);
  const end = endOfText(comment, lineBreak);
  const index = end == 0 ? -1 : planOf(comment, end, nPlans);
  if (index < 0) return endFor(ODD);
  const next = readRows(planAt(index), lineBreak + 1, stop);
  if (next == 0) return 0;
  store<i32>(atomCounts + (nFrames << 2), count);
  store<u8>(framePlans + nFrames, <u8>index);
  nFrames++;
  nAtoms += count;
  return next;
}

function endFor(why: i32): usize {
  reason = why;
  return 0;
}

/** Reads the line of the number of atoms; 0 for anything but a number from 1 on. */
function readCount(start: usize): usize {
  let p = skipBlanks(start);
  if (byteAt(p) == PLUS) p++;
  const first = p;
  count = 0;
  while (byteAt(p) - ZERO < 10) count = count * 10 + i32(byteAt(p++) - ZERO);
  return count > 0 && i32(p - first) <= MOST_DIGITS ? endOfLine(p) : 0;
}

/** The plan that the comment line follows, which is read; −1 if there is none. */
function planOf(start: usize, end: usize, nPlans: i32): i32 {
  for (let k = 0; k < nPlans; k++) {
    const index = (lastPlan + k) % nPlans;
    if (!readComment(index, start, end, nFrames)) continue;
    lastPlan = index;
    return index;
  }
  return -1;
}

/** Reads the atom lines; 0 and a reason where they were not read. */
function readRows(plan: LinePlan, start: usize, stop: usize): usize {
  let p = start;
  const end = nAtoms + count;
  if (plan.nColumns == 2) fillNaN(forces + 24 * nAtoms, 3 * count);
  for (let atom = nAtoms; atom < end; atom++) {
    if (p >= stop) return endFor(INCOMPLETE);
    p = readValues(plan.firstColumn, p, atom);
    if (p != 0) p = readValues(plan.secondColumn, p, atom);
    if (p != 0 && plan.nColumns > 2) p = readValues(plan.thirdColumn, p, atom);
    if (p != 0) p = endOfLine(p);
    if (p == 0) return endFor(ODD);
  }
  return p;
}

function readValues(column: i32, start: usize, atom: i32): usize {
  if (column == SPECIES) return readSpecies(start, atom);
  const out = (column == POSITIONS ? positions : forces) + 24 * atom;
  let p = readReal(start, out);
  if (p != 0) p = readReal(p, out + 8);
  return p == 0 ? 0 : readReal(p, out + 16);
}

function readSpecies(start: usize, atom: i32): usize {
  const token = skipBlanks(start);
  let p = token;
  while (!isBlank(byteAt(p))) p++;
  const length = p - token;
  const symbol = length == 1 ? byteAt(token) : length == 2 ? <u32>load<u16>(token) : 0;
  const atomicNumber = load<u8>(symbols + symbol);
  store<u8>(atomicNumbers + atom, atomicNumber);
  return atomicNumber == 0 ? 0 : p;
}

/** Position behind the line break that follows; 0 where something else than blanks stands before it. */
function endOfLine(start: usize): usize {
  let p = skipBlanks(start);
  while (byteAt(p) == RETURN) p = skipBlanks(p + 1);
  return byteAt(p) == NEWLINE ? p + 1 : 0;
}
