import type { FisherInformation } from "../../analysis/fisher/result.js";

/** Everything the page of a Fisher information shows. Plain data, filled by the command; every text may hold any characters. */
export interface FisherReportData {
  /** Heading and title of the page. */
  readonly title: string;
  /** One line below the title, such as the model and the data. */
  readonly description?: string | undefined;
  /** When it was made, as the reader should see it. */
  readonly date?: string | undefined;
  /** What was found. */
  readonly information: FisherInformation;
  /** Files and their checksums, versions … in the order shown. */
  readonly provenance?: readonly (readonly [key: string, value: string])[] | undefined;
}
