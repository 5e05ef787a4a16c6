import { bytesOf } from "./decode.mjs";

/** Errors of predictions, as a model file and the outputs of fit, evaluate and info keep them. */
const metricPlace = /(^|\.)(metrics|errors|weightedResidual)\b|^output\.(groups|total)\b/u;

/**
 * Where two trees differ: `{ place, text, isMetric }`, lists of numbers as one place with their largest deviation, errors of
 * predictions last. `tolerance`: relative deviation that these may have.
 */
export function differences(earlier, now, { tolerance = 0 } = {}) {
  const found = [];
  walk(earlier, now, "", (place, text, deviation) => {
    const isMetric = metricPlace.test(place);
    if (isMetric && deviation !== undefined && deviation <= tolerance) return;
    found.push({ place, text, isMetric });
  });
  return found.sort((a, b) => Number(a.isMetric) - Number(b.isMetric));
}

function walk(earlier, now, place, report) {
  if (Object.is(earlier, now)) return;
  if (isNumbers(earlier) && isNumbers(now)) return compareNumbers(earlier, now, place, report);
  if (!isTree(earlier) || !isTree(now) || Array.isArray(earlier) !== Array.isArray(now)) {
    const isNumeric = typeof earlier === "number" && typeof now === "number";
    const deviation = isNumeric ? relative(earlier, now) : undefined;
    report(place, `${show(earlier)} → ${show(now)}${isNumeric ? ` (relative ${deviation.toExponential(1)})` : ""}`, deviation);
    return;
  }
  const wasAt = Object.keys(earlier);
  const isAt = Object.keys(now);
  for (const key of new Set([...wasAt, ...isAt])) {
    const next = Array.isArray(now) ? `${place}[${key}]` : place === "" ? key : `${place}.${key}`;
    if (!(key in earlier)) report(next, `new: ${show(now[key])}`);
    else if (!(key in now)) report(next, `gone: ${show(earlier[key])}`);
    else walk(earlier[key], now[key], next, report);
  }
  const isSameSet = wasAt.length === isAt.length && wasAt.every((key) => key in now);
  if (isSameSet && wasAt.some((key, i) => key !== isAt[i])) report(place, `order of the keys: ${wasAt.join(", ")} → ${isAt.join(", ")}`);
}

function isTree(value) {
  return typeof value === "object" && value !== null && !ArrayBuffer.isView(value);
}

function isNumbers(value) {
  if (ArrayBuffer.isView(value)) return true;
  return Array.isArray(value) && value.length > 0 && value.every((entry) => typeof entry === "number");
}

function compareNumbers(earlier, now, place, report) {
  if (earlier.constructor !== now.constructor) return report(place, `${earlier.constructor.name} → ${now.constructor.name}`);
  if (earlier.length !== now.length) return report(place, `${earlier.length} → ${now.length} numbers`);
  if (ArrayBuffer.isView(now) && bytesOf(earlier).equals(bytesOf(now))) return;
  const different = [];
  let [largest, at] = [0, 0];
  for (let i = 0; i < now.length; i++) {
    if (Object.is(earlier[i], now[i])) continue;
    different.push(i);
    const deviation = relative(earlier[i], now[i]);
    if (!(deviation <= largest)) [largest, at] = [deviation, i];
  }
  if (different.length === 0) return; // NaN of other bits
  const example = `[${at}] ${earlier[at]} → ${now[at]}, relative ${largest.toExponential(1)}`;
  report(place, `${different.length} of ${now.length} numbers, first at ${different[0]}; most: ${example}`, largest);
}

function relative(earlier, now) {
  const scale = Math.max(Math.abs(earlier), Math.abs(now));
  return scale === 0 ? 0 : Math.abs(now - earlier) / scale;
}

function show(value) {
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} of ${value.length}`;
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 160 ? `${text.slice(0, 157)}…` : text;
}
