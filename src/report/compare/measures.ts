import type { Estimate, LearningCurve } from "../../analysis/information/information.js";
import type { ComparedDescriptor } from "../../compare/comparison.js";

/** A number that says how much a descriptor tells. */
export interface InformationMeasure {
  readonly key: "energy" | "energy-at-length" | "force" | "rank";
  /** Of a plot. */
  readonly title: string;
  /** Of an axis or a column, with the unit. */
  readonly heading: string;
  readonly unit: string;
  /** Whether small numbers are good ones: errors. */
  readonly isError: boolean;
  of(descriptor: ComparedDescriptor): Estimate | undefined;
}

/** The error with the most structures. */
export function lastError(curve: LearningCurve | undefined): Estimate | undefined {
  const estimate = curve?.points.at(-1)?.rmse;
  return estimate && Number.isFinite(estimate.mean) ? estimate : undefined;
}

/** What the descriptors of a comparison can be judged by; those that none of them has are left out. */
export function informationMeasures(descriptors: readonly ComparedDescriptor[]): InformationMeasure[] {
  const atLength = lengthText(descriptors, "components");
  const energyUnit = unitOf(descriptors.map(({ information }) => information?.learning.energy ?? information?.learning.energyAtLength), "meV/atom");
  const forceUnit = unitOf(descriptors.map(({ information }) => information?.learning.forcesAtLength), "eV/Å");
  const measures: InformationMeasure[] = [
    {
      key: "energy", title: "Error of energies", heading: `validation error of energies (${energyUnit})`, unit: energyUnit, isError: true,
      of: ({ information }) => lastError(information?.learning.energy),
    },
    {
      key: "energy-at-length", title: `Error of energies at ${atLength}`, heading: `validation error of energies, ${atLength} (${energyUnit})`, unit: energyUnit, isError: true,
      of: ({ information }) => lastError(information?.learning.energyAtLength),
    },
    {
      key: "force", title: `Error of forces at ${atLength}`, heading: `validation error of forces, ${atLength} (${forceUnit})`, unit: forceUnit, isError: true,
      of: ({ information }) => lastError(information?.learning.forcesAtLength),
    },
    {
      key: "rank", title: "Effective rank", heading: "participation ratio", unit: "", isError: false,
      of: ({ information }) => information?.spectrum.participationRatio,
    },
  ];
  return measures.filter((measure) => descriptors.some((descriptor) => Number.isFinite(measure.of(descriptor)?.mean)));
}

/** "26 components", "up to 40 components" where some descriptors have fewer columns. */
export function lengthText(descriptors: readonly ComparedDescriptor[], noun: string): string {
  const lengths = descriptors.flatMap(({ information }) => information?.learning.length ?? []);
  const most = Math.max(0, ...lengths);
  return `${lengths.every((length) => length === most) ? "" : "up to "}${most} ${noun}`;
}

function unitOf(curves: readonly (LearningCurve | undefined)[], fallback: string): string {
  return curves.find((curve) => curve)?.unit ?? fallback;
}

/** Members that nothing beats in cost and measure at once, by ascending cost. Of equal ones the first stays. */
export function efficientFront<Member extends { readonly x: number; readonly y: number }>(members: readonly Member[], isError: boolean): Member[] {
  const quality = ({ y }: Member): number => (isError ? y : -y);
  let best = Infinity;
  return [...members].sort((a, b) => a.x - b.x || quality(a) - quality(b)).filter((member) => {
    if (!(quality(member) < best)) return false;
    best = quality(member);
    return true;
  });
}
