export { auditDescriptor, type AuditOptions } from "./audit-descriptor.js";
export {
  type Audit, type AuditEstimate, type AuditPartName, auditParts, type BlindPart, type CostPart, isMeasured, type KernelPart, type LeftOut, type LinearPart, type Part, type Severity,
  type VariancePart, type Verdict,
} from "./audit.js";
export { type AuditPlan, planAudit } from "./plan.js";
