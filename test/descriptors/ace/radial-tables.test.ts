// Tables of radial functions: as exact as they claim between the nodes, and with no more nodes than that takes.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { radialOf } from "../../../src/descriptors/ace/bonds.js";
import { aceLayout, basisOf } from "../../../src/descriptors/ace/basis.js";
import { type RadialPart, radialParts } from "../../../src/descriptors/ace/radial/pair-radial.js";
import { sideBySide } from "../../../src/descriptors/ace/radial/radial-functions.js";
import { RADIAL_TOLERANCE } from "../../../src/descriptors/ace/tables.js";
import { Ace } from "../../../src/descriptors/index.js";
import { aceParameters, yaceColumns } from "../../../src/interop/pace/ace-of-yace.js";
import { parseYace } from "../../../src/interop/pace/parse-yace.js";
import { yaceFiles } from "../../../src/interop/pace/write-model.js";
import { type HermiteTable, hermiteTable } from "../../../src/math/hermite-table.js";
import { LinearModel } from "../../../src/models/index.js";
import type { Executor } from "../../../src/parallel/index.js";
import { expectClose, testExecutor } from "../../expect.js";
import { type PacemakerBond, pacemakerFunctions } from "../../reference/plain-yace.js";
import { Calculator } from "../calculator.js";

let executor: Executor;
beforeAll(async () => {
  executor = await testExecutor();
});
afterAll(() => executor.close());

const [cutoff, silicon] = [4, [14]];
type Form = readonly [name: string, parameters: object, size: number, mostNodes: number];

// nodes: a quarter more than there were when this was written
const forms: readonly Form[] = [
  ["ChebExpCos", { type: "chebyshev-exponential-cosine", lambda: 5.25, switchWidth: 0.01 }, 5, 580],
  ["ChebExpCos", { type: "chebyshev-exponential-cosine", lambda: 5.25, switchWidth: 0.01 }, 20, 2600],
  ["ChebExpCos", { type: "chebyshev-exponential-cosine", lambda: 2, switchWidth: 1e-8 }, 60, 6400],
  ["ChebExpCos", { type: "chebyshev-exponential-cosine", lambda: 5.25, switchWidth: 0.5, innerSwitch: { radius: 2, width: 0.3 } }, 4, 420],
  ["ChebPow", { type: "chebyshev-power", lambda: 2 }, 20, 2300],
  ["ChebPow", { type: "chebyshev-power", lambda: 2.1 }, 20, 2400],
  ["ChebPow", { type: "chebyshev-power", lambda: 5.25 }, 20, 3400],
  ["ChebPow", { type: "chebyshev-power", lambda: 50 }, 5, 1250],
  ["ChebLinear", { type: "chebyshev-linear" }, 20, 1150],
  ["SBessel", { type: "simplified-bessel" }, 20, 1550],
];

const nodesOf = ({ segments }: HermiteTable): number => segments.reduce((sum, { nNodes }) => sum + nNodes, 0);

function tableOf({ parts, end }: { parts: readonly (RadialPart | undefined)[]; end: number }): HermiteTable {
  const sets = parts.flatMap((part) => (part && "set" in part ? [part.set] : []));
  const { pieces, size, scale } = sideBySide(sets, end);
  return hermiteTable(pieces, size, scale, RADIAL_TOLERANCE);
}

function radialTable(ace: Ace): HermiteTable {
  const { manyBody, pair } = radialParts(radialOf(ace.parameters, 14, 14), aceLayout(ace.parameters, basisOf(ace.parameters, silicon)));
  return tableOf({ parts: [manyBody, pair], end: cutoff });
}

describe("tables of radial functions", () => {
  it.each(forms)("of %s with %o, %i functions, are exact between their nodes, and take no more of them than that needs", (name, parameters, size, mostNodes) => {
    const functions = Array.from({ length: size }, (_, k) => ({ pair: true as const, n: [k + 1] }));
    const ace = new Ace({ type: "ace", cutoff: { radius: cutoff }, functions, radial: parameters as never, pair: "radial" });
    const { lambda = 1, switchWidth = 0.01, innerSwitch } = parameters as { lambda?: number; switchWidth?: number; innerSwitch?: { radius: number; width: number } };
    const inner = innerSwitch && { inner_cutoff_type: "distance", rcut_in: innerSwitch.radius, dcut_in: innerSwitch.width };
    const bond: PacemakerBond = { radbasename: name, radparameters: [lambda], nradbasemax: size, rcut: cutoff, dcut: switchWidth, ...inner };
    // one neighbor at each distance, also beside zero and beside the cutoff
    const distances = [1e-6, 1e-3, 0.05, ...Array.from({ length: 397 }, (_, i) => 0.1 + (3.899 * (i + Math.SQRT1_2)) / 397), 3.9995];
    const environments = {
      centerSpecies: distances.map(() => 0), offsets: [0, ...distances.map((_, i) => i + 1)], neighborSpecies: distances.map(() => 0),
      displacements: Float64Array.from(distances.flatMap((r) => [0.6 * r, 0, 0.8 * r])),
    };
    const calculator = new Calculator(executor, ace, silicon);
    const { values, jacobian } = calculator.compute(environments, { jacobian: true });
    const expected = distances.map((r) => pacemakerFunctions(bond, r));
    calculator.release();
    expectClose(values, expected.flat(), 1e-11, "relative-to-max");
    const slopes = (step: number): number[][] => distances.map((r) => pacemakerFunctions(bond, r + step));
    const [a, b, c, d] = [-2, -1, 1, 2].map((k) => slopes(k * 1e-5));
    const inside = distances.map((r, i) => ({ r, i })).filter(({ r }) => r > 0.05 && r < 3.98);
    const found = inside.flatMap(({ i }) => Array.from({ length: size }, (_, k) => 0.6 * jacobian[3 * i * size + k] + 0.8 * jacobian[(3 * i + 2) * size + k]));
    expectClose(found, inside.flatMap(({ i }) => a[i].map((own, k) => (own - 8 * b[i][k] + 8 * c[i][k] - d[i][k]) / 1.2e-4)), 1e-8, "relative-to-max");
    const table = radialTable(ace);
    expect(table.error).toBeLessThan(2e-12);
    expect(nodesOf(table)).toBeLessThan(mostNodes);
    expect(24 * nodesOf(table) * size).toBeLessThan(calculator.memory!.tables);
  });

  it("of a file that is read back take no more nodes than its functions need", () => {
    const ace = new Ace({ type: "ace", cutoff: { radius: cutoff }, order: 2, degree: [8, 6], bondLengths: { Si: 2.4 } });
    const coefficients = Float64Array.from({ length: ace.featureCount(silicon) }, (_, i) => Math.cos(3 * i));
    const model = new LinearModel({ species: silicon, isolatedAtomEnergies: [0], terms: [{ descriptor: ace, centers: null, quadratic: false, coefficients }] });
    const yace = parseYace(yaceFiles(model, { name: "read.yace" }).texts[0].text, "read.yace");
    const read = new Ace(aceParameters(yace, yaceColumns(yace, 0).flatMap(({ entry }) => ("pair" in entry ? [] : [entry]))));
    const table = radialTable(read);
    expect(table.error).toBeLessThan(1e-12);
    // 882 when this was written
    expect(nodesOf(table)).toBeLessThan(1100);
  });
});
