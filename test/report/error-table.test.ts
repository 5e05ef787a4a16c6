import { describe, expect, it } from "vitest";
import { errorSummary, type StructureComparison } from "../../src/analysis/metrics.js";
import { formatErrorTable } from "../../src/report/index.js";

const structure = (group: string, energyError: number, forceError?: number): StructureComparison => ({
  group,
  nAtoms: 2,
  energy: { reference: -10, predicted: -10 + 2 * energyError },
  forces: forceError === undefined ? undefined : { reference: new Float64Array(6), predicted: new Float64Array(6).fill(forceError) },
});

describe("formatErrorTable", () => {
  it("aligns groups, units and numbers", () => {
    const structures = [structure("AIMD-NVT", 0.004, 0.12), structure("Surface", -0.0124), structure("AIMD-NVT", 0.003, 0.05)];
    const table = formatErrorTable(errorSummary(structures));
    expect(table.split("\n")).toEqual([
      "                                    Energy (meV/atom)                Forces (eV/Å)",
      "group     structures  atoms  RMSE   MAE   max  values   RMSE    MAE    max  values",
      "──────────────────────────────────────────────────────────────────────────────────",
      "AIMD-NVT           2      4   3.5   3.5   4.0       2  0.092  0.085  0.120      12",
      "Surface            1      2  12.4  12.4  12.4       1      –      –      –       0",
      "──────────────────────────────────────────────────────────────────────────────────",
      "total              3      6   7.7   6.5  12.4       3  0.092  0.085  0.120      12",
    ]);
  });

  it("tells lengths and directions of forces where references have a length, in a line where there is no room", () => {
    const forces = { reference: Float64Array.of(1, 0, 0, 0, 0, 0), predicted: Float64Array.of(0, 1.5, 0, 1, 1, 1) };
    const errors = errorSummary([structure("AIMD-NVT", 0.004, 0.12), { group: "Surface", nAtoms: 2, forces }]);
    const wide = formatErrorTable(errors).split("\n");
    expect(wide.map((line) => line.slice(-22))).toEqual([
      "Force amplitude, angle",
      "      eV/Å  rad  atoms",
      "──────────────────────",
      "         –    –      0",
      "      0.50  1.6      1",
      "──────────────────────",
      "      0.50  1.6      1",
    ]);
    const narrow = formatErrorTable(errors, wide[0].length - 1).split("\n");
    expect(narrow.slice(0, -1)).toEqual(wide.map((line) => line.slice(0, -22).trimEnd()).map((line) => (line.startsWith("─") ? line.slice(0, -2) : line)));
    expect(narrow.at(-1)).toBe("force amplitude RMSE 0.50 eV/Å, angle RMSE 1.6 rad (1 atom, 3 up to 0.000001 eV/Å left out)");
    expect(formatErrorTable(errors, wide[0].length)).toBe(wide.join("\n"));
  });

  it("shows groups without a name, and no control characters", () => {
    const table = formatErrorTable(errorSummary([structure("", 0.1), structure("a\u001b[2Jb\n", 0.1)]));
    expect(table).toContain("(no config_type)");
    expect(table).toContain("a\uFFFD[2Jb\uFFFD");
    expect(table).not.toContain("Forces");
  });

  it("stands for an empty data set too", () => {
    expect(formatErrorTable(errorSummary([])).split("\n").at(-1)).toMatch(/^total +0 +0$/);
  });
});
