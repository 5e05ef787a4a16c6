export { formatErrorTable } from "./error-table.js";
export {
  headlineDataset,
  type MemoryPeak,
  type ReportCell,
  type ReportData,
  type ReportDataset,
  type ReportPlot,
  type ReportTable,
  type StageTiming,
  type StructureRecord,
  type WorstStructure,
} from "./report-data.js";
export {
  type ComparedStructure,
  type PredictedTargets,
  structureRecord,
  worstStructures,
  type WorstStructuresOptions,
} from "./worst-structures.js";
export type { AuditReportData } from "./audit/audit-report-data.js";
export { writeAuditReport } from "./audit/write-audit-report.js";
export { type CompareReportData, mapStructure, type MapStructure } from "./compare/compare-report-data.js";
export { writeCompareReport } from "./compare/write-compare-report.js";
export type { ComposeReportData } from "./compose/compose-report-data.js";
export { writeComposeReport } from "./compose/write-compose-report.js";
export type { FisherReportData } from "./fisher/fisher-report-data.js";
export { writeFisherReport } from "./fisher/write-fisher-report.js";
export type { ManifoldReportData, ManifoldView } from "./manifold/manifold-view.js";
export { writeManifoldReport } from "./manifold/write-manifold-report.js";
export { type TuneReportData, writeTuneReport } from "./search/write-tune-report.js";
export type { WriteReportOptions, WrittenReport } from "./write-files.js";
export { writeReport } from "./write-report.js";
