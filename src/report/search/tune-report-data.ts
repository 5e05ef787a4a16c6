import type { SearchResult } from "../../tune/search-result.js";

/** Everything the report of a search shows. Plain data, filled by the command; every text may hold any characters. */
export interface TuneReportData {
  /** Heading and title of the page. */
  readonly title: string;
  /** One line below the title, for example "sparse-gp · soap · Si_train.xyz.gz". */
  readonly description?: string;
  /** When it was made, as the reader should see it. */
  readonly date?: string;
  /** What may ruin the search, one sentence each; absent or empty: not shown. */
  readonly warnings?: readonly string[];
  /** Every stage with all its evaluations. */
  readonly result: SearchResult;
  /** The fit file that came out, YAML. */
  readonly fitFile?: string;
  /** What to do next, as typed: "pestle fit best.yaml -o best.pestle". */
  readonly nextCommand?: string;
  /** The resolved tune file with the options of objectives and optimizers, YAML. */
  readonly settings?: string;
  /** Data files and their checksums, versions, seed … in the order shown. */
  readonly provenance?: readonly (readonly [key: string, value: string])[];
}
