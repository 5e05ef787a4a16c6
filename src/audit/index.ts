export { auditDescriptor, type AuditOptions, type AuditSample } from "./audit-descriptor.js";
export { type Audit, type AuditPartName, auditParts, isMeasured, type LeftOut, type Part, type Severity, type Verdict } from "./audit.js";
export type { FunctionalPart, JudgedEnvironment, ManifoldPart, SensitivityPart, ZeroCauses } from "./move-results.js";
export type { AuditEstimate, AuditPair, BlindPart, CostPart, KernelPart, LinearPart, VariancePart } from "./row-results.js";
export { type AuditPlan, planAudit } from "./plan.js";
