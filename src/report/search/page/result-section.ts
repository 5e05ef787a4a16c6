import type { Markup } from "../../markup.js";
import { fitFileSection } from "../../page/fit-file-section.js";
import { evaluationName } from "../stage-view.js";
import type { TuneReportData } from "../tune-report-data.js";

/** The fit file that came out, to copy, and what to do with it. */
export function resultSection(data: TuneReportData): Markup | undefined {
  const chosen = data.result.stages.at(-1)?.chosen;
  return fitFileSection(data, `The fit file with ${chosen ? `the values of evaluation ${evaluationName(chosen)}, which was chosen` : "the best values"} (YAML)`);
}
