import type { LaidPair } from "../../analysis/blind-spots/laid-pairs.js";
import type { Audit } from "../../audit/audit.js";

/** Everything the page of an audit shows. Plain data, filled by the command; every text may hold any characters. */
export interface AuditReportData {
  /** Heading and title of the page. */
  readonly title: string;
  /** When it was made, as the reader should see it. */
  readonly date?: string | undefined;
  /** What was measured. */
  readonly audit: Audit;
  /** Blind pairs to be drawn side by side; absent or empty: none. */
  readonly pairs?: readonly LaidPair[] | undefined;
  /** The resolved configuration, YAML. */
  readonly settings?: string | undefined;
  /** Data files and their checksums, versions … in the order shown. */
  readonly provenance?: readonly (readonly [key: string, value: string])[] | undefined;
}
