import type { ComparedDescriptor } from "../../../compare/comparison.js";
import { ABSENT, formatBytes, formatCount, formatSeconds, formatTick } from "../../formatting.js";
import { html, type Markup } from "../../markup.js";
import { sortableTable, type SortableCell, type SortableColumn } from "../../page/sortable-table.js";
import type { ComparisonView, DescriptorView, MicrosecondTiming } from "../compared-view.js";
import { informationMeasures } from "../measures.js";
import { formatEstimate, formatNumber, formatPercent, spreadOf } from "../number-display.js";
import { descriptorName } from "./descriptor-name.js";

interface Column extends SortableColumn {
  readonly cell: (view: DescriptorView) => SortableCell;
}

type Value = (descriptor: ComparedDescriptor) => number | undefined;

const named: Column = {
  key: "descriptor", heading: "descriptor", isText: true,
  cell: (view) => ({ text: descriptorName(view), value: view.number }),
};

/** A column of numbers; absent where no descriptor has one. */
function numbers(key: string, heading: string, value: Value, format: (value: number) => string = formatNumber): Column {
  return {
    key, heading,
    cell: ({ descriptor }) => {
      const own = value(descriptor);
      return own === undefined || Number.isNaN(own) ? { text: ABSENT } : { text: format(own), value: own };
    },
  };
}

function microseconds(key: string, heading: string, timing: (descriptor: ComparedDescriptor) => MicrosecondTiming | undefined): Column {
  return numbers(key, heading, (descriptor) => timing(descriptor)?.median);
}

/** Everything about every descriptor in one table that sorts. */
export function tableSection(view: ComparisonView): Markup | undefined {
  if (view.descriptors.length === 0) return undefined;
  return html`<section><h2>All descriptors</h2>
<p class="note">${noteOf(view)}</p>
${tableOf("descriptors", view, mainColumns(view))}</section>`;
}

function noteOf({ comparison: { descriptors }, times }: ComparisonView): string {
  const hasErrors = informationMeasures(descriptors).some(({ isError }) => isError);
  const hasCorrelations = descriptors.some(({ information }) => information?.distanceCorrelation.energy ?? information?.distanceCorrelation.force);
  return [
    "A column heading sorts.",
    `Times are medians of processor time on one core per ${times.per}, without the search of neighbors that the plots above add; ± are standard errors over repetitions.`,
    ...(hasErrors ? ["Errors: validation RMSE with the most structures; “equal length” means as many principal components of each descriptor; errors at equal cost stand in a plot of their own."] : []),
    ...(hasCorrelations
      ? ["Distance correlation of rows with energies beyond the composition and with norms of forces: 0 where they are independent, 1 where one is a turned and scaled copy of the other."]
      : []),
  ].join(" ");
}

function mainColumns({ comparison: { descriptors }, times }: ComparisonView): Column[] {
  const estimates = informationMeasures(descriptors).filter(({ isError }) => isError).map((measure): Column => ({
    key: measure.key, heading: `${shortHeading(measure.key)} (${measure.unit})`,
    cell: ({ descriptor }) => ({ text: formatEstimate(measure.of(descriptor)), value: measure.of(descriptor)?.mean }),
  }));
  const correlation = (key: "energy" | "force"): Column => ({
    key: `distance-correlation-${key}`, heading: `distance correlation, ${key === "energy" ? "energy" : "|F|"}`,
    cell: ({ descriptor: { information } }) => {
      const estimate = information?.distanceCorrelation[key];
      return { text: formatEstimate(estimate), value: estimate?.mean };
    },
  });
  return [
    named,
    numbers("length", "length", ({ length }) => length, formatCount),
    microseconds("values-us", "values (µs)", (own) => times.of(own, own.cost?.values)),
    microseconds("jacobian-us", "+\u00a0Jacobian (µs)", (own) => times.of(own, own.cost?.jacobian)),
    microseconds("backward-us", "backward (µs)", (own) => times.of(own, own.cost?.backward)),
    ...estimates,
    {
      key: "participation-ratio", heading: "participation ratio",
      cell: ({ descriptor: { information } }) => {
        const ratio = information?.spectrum.participationRatio;
        return { text: formatEstimate(ratio), value: ratio?.mean };
      },
    },
    numbers("rank", "rank", ({ information }) => information?.spectrum.rank, formatCount),
    ...(["energy", "force"] as const).filter((key) => descriptors.some(({ information }) => information?.distanceCorrelation[key])).map(correlation),
    numbers("condition-number", "condition number", ({ information }) => information?.spectrum.conditionNumber),
    numbers("peak-share", "share of peak", ({ cost }) => cost?.peakShare, formatPercent),
    numbers("row-bytes", "row (bytes)", ({ cost }) => cost?.bytes.row, formatCount),
    numbers("cutoff", "cutoff (Å)", ({ cutoff }) => cutoff, formatTick),
  ];
}

function shortHeading(key: string): string {
  if (key === "energy") return "energy error";
  return key === "force" ? "force error, equal length" : "energy error, equal length";
}

/** What the main table has no room for. */
export function costDetailTable(view: ComparisonView): Markup | undefined {
  const { descriptors, times } = view;
  if (descriptors.every(({ descriptor }) => !descriptor.cost)) return undefined;
  const columns: Column[] = [
    named,
    numbers("units", times.per === "atom" ? "units measured" : `${times.per}s measured`, ({ cost }) => cost?.sampleSize, formatCount),
    numbers("neighbors", "neighbors", ({ cost }) => (cost && cost.neighborsPerCenter > 0 ? cost.neighborsPerCenter : undefined)),
    microseconds("neighbor-search-us", "search of neighbors (µs)", (own) => times.of(own, own.cost?.neighbors)),
    numbers("spread", "values, half of quartiles", ({ cost }) => cost && spreadOf(cost.values), formatPercent),
    numbers("rounds", "rounds", ({ cost }) => cost?.values.rounds, formatCount),
    numbers("operations", "operations (10³)", ({ cost }) => cost?.operations && cost.operations.values / 1000),
    numbers("state-bytes", "state for derivatives", ({ cost }) => cost?.bytes.state, formatBytes),
    numbers("jacobian-bytes", "Jacobian", ({ cost }) => cost?.bytes.jacobian, formatBytes),
    numbers("table-bytes", "tables", ({ cost }) => cost?.tables.bytes, formatBytes),
    numbers("table-seconds", "start of tables", ({ cost }) => cost?.tables.seconds, formatSeconds),
    numbers("peak-bytes", "peak memory", ({ cost }) => cost?.peakBytes, formatBytes),
    numbers("verified", "largest error before timing", ({ cost }) => cost?.verified),
    numbers("constant-columns", "constant columns", ({ information }) => information?.spectrum.constantColumns, formatCount),
    numbers("duplicate-columns", "duplicate columns", ({ information }) => information?.spectrum.duplicateColumns, formatCount),
  ];
  const shown = columns.filter(({ cell }, i) => i === 0 || descriptors.some((member) => cell(member).value !== undefined));
  return tableOf("descriptor-details", view, shown);
}

function tableOf(name: string, { descriptors }: ComparisonView, columns: readonly Column[]): Markup {
  return sortableTable(name, columns, descriptors.map((view) => columns.map(({ cell }) => cell(view))));
}
