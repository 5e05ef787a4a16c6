import type { Estimate } from "../../../analysis/information/information.js";
import { displayName, formatCount, formatFixed } from "../../formatting.js";
import { breakableName, html, type Markup, unbrokenNumbers } from "../../markup.js";
import type { ComparisonView, DescriptorView } from "../compared-view.js";
import { formatEstimate } from "../number-display.js";

interface Matrix {
  readonly title: string;
  readonly note: string;
  /** NaN: not compared. */
  readonly value: (i: number, j: number) => Pick<Estimate, "mean" | "error">;
  /** 0 … 1: how strong the color of a value is. */
  readonly strength: (value: number) => number;
}

/** Which descriptor holds what another one tells, as tables whose cells are colored by the number in them. */
export function agreementSection({ comparison: { agreement }, descriptors }: ComparisonView): Markup | undefined {
  const members = (agreement?.members ?? []).flatMap((index) => descriptors[index] ?? []);
  if (!agreement || members.length < 2) {
    const reason = descriptors.length < 2
      ? "there is one descriptor, and nothing to compare it with"
      : "no two of them have rows of the same sample, or the budget of time ended before";
    return descriptors.length === 0 ? undefined : html`<section><h2>Who contains whom</h2><p>Descriptors were not compared pair by pair: ${reason}.</p></section>`;
  }
  const { globalError, localError, overlap, neighbors, localNeighbors, sampleSize, remarks } = agreement;
  const near = (value: number): number => 1 - value;
  const matrices: Matrix[] = [
    {
      title: "GFRE: by linear maps", note: "0: the column is a linear map of the row, which tells all that it tells; 1: the row says nothing of it.",
      value: (i, j) => globalError[i][j], strength: near,
    },
    {
      title: "LFRE: by smooth maps", note: `0: near every environment, among the ${localNeighbors} most similar ones, the column is a linear map of the row; 1: not at all.`,
      value: (i, j) => localError[i][j], strength: near,
    },
    {
      title: `Overlap of the ${neighbors} nearest`, note: `1: the ${neighbors} most similar environments are the same to both; 0: none of them is.`,
      value: (i, j) => ({ mean: overlap[i][j], error: NaN }), strength: (value) => value,
    },
  ];
  return html`<section><h2>Who contains whom</h2>
<p class="note">From row to column, on ${formatCount(sampleSize)} rows of a sample; columns are numbered like the rows. Strong color: the row knows what the column tells. A row of strong colors holds the others;
a column of strong colors is held by them. Errors of reconstruction after Goscinski et al. 2021 (doi:10.1088/2632-2153/abdaf7). Empty: could not be compared.</p>
<div class="matrices">${matrices.map((matrix) => matrixTable(matrix, members))}</div>
${remarks.length > 0 && html`<ul class="remarks">${remarks.map((text) => html`<li>${unbrokenNumbers(displayName(text, 1000))}</li>
`)}</ul>`}</section>`;
}

function matrixTable({ title, note, value, strength }: Matrix, members: readonly DescriptorView[]): Markup {
  const rows = members.map((member, i) => {
    const cells = members.map((other, j) => {
      const entry = value(i, j);
      if (!Number.isFinite(entry.mean)) return html`<td class="empty"></td>`;
      const share = Math.round(100 * Math.min(1, Math.max(0, strength(entry.mean))));
      const label = `${member.name} → ${other.name}: ${formatEstimate(entry)}`;
      return html`<td style="--share: ${share}%" title="${label}">${formatFixed(entry.mean, 2)}</td>`;
    });
    return html`<tr><th scope="row" class="name">${breakableName(member.name)}</th>${cells}</tr>
`;
  });
  return html`<div><h3>${title}</h3><p class="note">${note}</p>
<div class="scroll"><table class="matrix">
<thead><tr><th class="name"></th>${members.map(({ number, name }) => html`<th scope="col" title="${name}">${number}.</th>`)}</tr></thead>
<tbody>${rows}</tbody></table></div></div>
`;
}
