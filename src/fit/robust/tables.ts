import type { FitTable } from "../fit-summary.js";
import type { DownWeighted, RobustSummary } from "./summary.js";

/** For the report and the terminal. */
export function robustTables({ huber, steps, energies, forceComponents, virialComponents, worst }: RobustSummary): FitTable[] {
  const kinds = [["energies", energies], ["force components", forceComponents], ["virial components", virialComponents]] as const;
  const share = ({ targets, downWeighted }: DownWeighted): string => `${((100 * downWeighted) / targets).toFixed(1)} %`;
  const present = kinds.filter(([, { targets }]) => targets > 0);
  return [
    { title: `Huber's loss, δ = ${huber} σ`, columns: ["fit", "objective", "change of weights", "down-weighted"], rows: steps.map(({ objective, change, downWeighted }, k) => [String(k + 1), objective.toPrecision(8), change.toPrecision(2), downWeighted]) },
    { title: "Down-weighted targets", columns: ["targets", "fitted", "down-weighted", "share"], rows: present.map(([name, count]) => [name, count.targets, count.downWeighted, share(count)]) },
    ...(worst.length === 0 ? [] : [{
      title: "Structures farthest from the fit",
      columns: ["structure", "config_type", "targets", "down-weighted", "smallest weight", "largest residual, σ", "of"],
      rows: worst.map((own) => [own.label, own.configType, own.targets, own.downWeighted, own.smallestWeight.toPrecision(3), own.largestResidual.toPrecision(3), own.kind]),
    }]),
  ];
}
