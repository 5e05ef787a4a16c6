import type { ComposeResult } from "../../compose/compose-result.js";
import type { ResultDescription } from "../../compose/description.js";

/** Everything the report of a grown potential shows. Plain data, filled by the command; every text may hold any characters. */
export interface ComposeReportData {
  /** Heading and title of the page. */
  readonly title: string;
  /** One line below the title, such as the data and their sizes. */
  readonly description?: string | undefined;
  /** When it was made, as the reader should see it. */
  readonly date?: string | undefined;
  /** What may ruin the result, one sentence each. */
  readonly warnings?: readonly string[] | undefined;
  /** All candidates, and which were taken. */
  readonly result: Pick<ComposeResult, "candidates" | "incumbents" | "best" | "ends" | "elapsed">;
  /** Of the result. */
  readonly summary: ResultDescription;
  /** The fit file that makes it again, YAML. */
  readonly fitFile?: string | undefined;
  /** What to do next, as typed. */
  readonly nextCommand?: string | undefined;
  /** The resolved configuration, YAML. */
  readonly settings?: string | undefined;
  /** Data files and their checksums, versions … in the order shown. */
  readonly provenance?: readonly (readonly [key: string, value: string])[] | undefined;
}
