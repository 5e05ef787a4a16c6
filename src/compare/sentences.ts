import type { Spectrum } from "../analysis/information/information.js";
import type { ComparedDescriptor } from "./comparison.js";

/** What the numbers of a descriptor mean beside those of the others, as one sentence. */
export function sentenceOf(member: Omit<ComparedDescriptor, "sentence">, others: readonly Omit<ComparedDescriptor, "sentence">[]): string {
  const parts = [costText(member, others), ...informationTexts(member), frontText(member)].filter((part) => part !== "");
  return `${parts.join("; ")}.`;
}

/** Seconds of processor time for each atom; NaN where it was not measured. */
export function secondsPerAtom({ cost }: Pick<ComparedDescriptor, "cost">): number {
  if (!cost) return Number.NaN;
  const seconds = cost.values.median + (cost.neighbors?.median ?? 0);
  return cost.unit === "environment" ? seconds : seconds / Math.max(1, cost.atomsPerUnit);
}

/** Largest set that a model was fitted to: its error of energies; NaN where there is none. */
export function energyError({ information }: Pick<ComparedDescriptor, "information">): number {
  return information?.learning.energy?.points.at(-1)?.rmse.mean ?? Number.NaN;
}

/** Standard error of that error; NaN where it is not known. */
export function energyUncertainty({ information }: Pick<ComparedDescriptor, "information">): number {
  return information?.learning.energy?.points.at(-1)?.rmse.error ?? Number.NaN;
}

function costText(member: Pick<ComparedDescriptor, "cost" | "length">, others: readonly Pick<ComparedDescriptor, "cost">[]): string {
  const { cost } = member;
  const seconds = secondsPerAtom(member);
  if (!Number.isFinite(seconds)) return `its ${member.length} columns were not timed, as the time was over`;
  const cheapest = Math.min(...others.map(secondsPerAtom).filter(Number.isFinite), seconds);
  const times = seconds / cheapest;
  const beside = times < 1.05 ? "the cheapest of all" : `${digits(times)} times the cheapest`;
  return `${digits(seconds * 1e6)} µs for each atom${cost?.neighbors ? " with its neighbors" : ""}, ${beside}, for ${member.length} ${member.length === 1 ? "column" : "columns"}`;
}

function variationTexts({ rows, participationRatio, rank, constantColumns, duplicateColumns }: Spectrum, length: number): string[] {
  if (rows < 2) return ["there is nothing to compare its row with"];
  if (!(participationRatio.mean > 0)) return ["its rows are all the same"];
  const dead = constantColumns + duplicateColumns;
  return [
    `the variance is spread over about ${digits(participationRatio.mean)} directions, and ${rank} of ${Math.min(length, rows)} are above rounding`,
    ...(dead > 0 ? [dead === 1 ? "one column says nothing of its own" : `${dead} columns say nothing of their own`] : []),
  ];
}

function informationTexts({ information, length }: Pick<ComparedDescriptor, "information" | "length">): string[] {
  if (!information) return [];
  const { learning } = information;
  const texts = variationTexts(information.spectrum, length);
  const last = learning.energy?.points.at(-1);
  if (learning.energy && last) {
    const { unit, spread, leftOut } = learning.energy;
    const fewer = leftOut > 0 ? ` (${leftOut} fewer than rows of usual length)` : "";
    texts.push(`a linear model of ${last.structures} structures${fewer} has ${digits(last.rmse.mean)} ${unit} on others, where the composition alone has ${digits(spread)}`);
  }
  return texts;
}

type AtCost = Pick<ComparedDescriptor, "errorOverFront" | "errorOverFrontUncertainty" | "onFront" | "bestAtCost" | "isClear">;

function frontText({ errorOverFront, errorOverFrontUncertainty: uncertainty, onFront, bestAtCost, isClear }: AtCost): string {
  if (onFront) return isClear ? "nothing that costs less is as accurate" : "nothing that costs less is as accurate, though the lead is within the standard errors";
  if (!(errorOverFront > 1)) return "";
  const times = `${digits(errorOverFront)}${uncertainty > 0 ? ` ± ${digits(uncertainty)}` : ""} times`;
  return isClear ? `its error is ${times} that of ${bestAtCost}, which costs no more` : `its error is ${times} that of ${bestAtCost}, which costs no more: within the standard errors`;
}

/** Two or three significant digits without an exponent. */
function digits(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const magnitude = Math.abs(value);
  return magnitude >= 100 ? value.toFixed(0) : magnitude >= 10 ? value.toFixed(1) : magnitude >= 0.1 || value === 0 ? value.toFixed(2) : value.toPrecision(2);
}
