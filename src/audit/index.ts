export { auditDescriptor, type AuditOptions, type AuditSample } from "./audit-descriptor.js";
export {
  type Audit, type AuditEstimate, type AuditPair, type AuditPartName, auditParts, type BlindPart, type CostPart, type FunctionalPart, isMeasured, type JudgedEnvironment, type KernelPart, type LeftOut,
  type LinearPart, type ManifoldPart, type Part, type SensitivityPart, type Severity, type VariancePart, type Verdict, type ZeroCauses,
} from "./audit.js";
export { type AuditPlan, planAudit } from "./plan.js";
