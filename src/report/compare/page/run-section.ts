import { displayName, formatCount, formatCounted, formatSeconds } from "../../formatting.js";
import { html, type Markup } from "../../markup.js";
import type { ComparisonView } from "../compared-view.js";
import { formatNumber, formatPercent } from "../number-display.js";

/** Descriptors that could not be measured, and why. */
export function refusedSection({ comparison: { refused } }: ComparisonView): Markup | undefined {
  if (refused.length === 0) return undefined;
  const rows = refused.map(({ name, reason }) => html`<tr><th scope="row" class="name">${displayName(name, 60)}</th><td class="text">${displayName(reason, 1000)}</td></tr>
`);
  return html`<section><h2>${formatCounted(refused.length, "descriptor")} not measured</h2>
<div class="scroll"><table class="wide"><thead><tr><th scope="col" class="name">descriptor</th><th scope="col" class="name">reason</th></tr></thead>
<tbody>${rows}</tbody></table></div></section>`;
}

/** The machine that was measured on, and how. */
export function machineSection({ comparison, descriptors }: ComparisonView): Markup {
  const { machine, seed, threads, seconds, measuredShare } = comparison;
  const cached = descriptors.filter(({ descriptor }) => descriptor.cached.length > 0);
  const flops = (value: number): string => `${formatNumber(value / 1e9)} GFLOP/s`;
  const entries: (readonly [string, string])[] = [
    ["Processor", `${displayName(machine.cpu, 120)}, ${formatCounted(machine.cores, "core")}`],
    ["Peak of one core, 128 bit", flops(machine.peak)],
    ["Products of matrices on one core", flops(machine.gemm)],
    ["Node.js, build", `${displayName(machine.node, 40)}, ${displayName(machine.build, 40)}`],
    ["Seed", String(seed)],
    ["Threads", formatCount(threads)],
    ["Time", formatSeconds(seconds)],
    ["Share of processor time in what was measured", formatPercent(measuredShare)],
    ["Found in the cache", cached.length === 0 ? "nothing" : cached.map(({ title, descriptor }) => `${title}: ${descriptor.cached.map((part) => displayName(part, 40)).join(", ")}`).join("; ")],
  ];
  return html`<section><h2>Machine and run</h2>
<dl class="provenance">${entries.map(([key, value]) => html`<dt>${key}</dt><dd>${value}</dd>
`)}</dl></section>`;
}
