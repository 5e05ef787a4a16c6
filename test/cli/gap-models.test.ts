// A published kind of recipe from a gap_fit command to a gap.xml and back: pairs, triplets and SOAP of two species, groups of structures, above a repulsion.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluateStructure, lennardJonesModel, loadModel, type Model, type SparseGpModel, type SumModel } from "../../src/models/index.js";
import type { Executor } from "../../src/parallel/index.js";
import { symbolOf, type Structure } from "../../src/structures/index.js";
import { expectClose, testExecutor } from "../expect.js";
import { makeStructure, randomStructure } from "../models/systems.js";
import { TIME_LIMIT } from "../time-limit.js";
import { runMain } from "./run-pestle.js";

let executor: Executor;
let folder: string;
const at = (name: string): string => join(folder, name);

/** eV and Å: what the model learns, and what it stands on. */
const LABELS = { type: "lennard-jones", parameters: { Na: { epsilon: 0.1, sigma: 2.2 }, Cl: { epsilon: 0.2, sigma: 2.4 } }, cutoff: 5, truncation: "force-shifted" } as const;
const E0 = { Na: -1.25, Cl: -3.5 };

async function frame(structure: Structure, configType: string, reference: Model): Promise<string> {
  const { energy, forces, virial } = await evaluateStructure(reference, structure, executor, { want: { forces: true, virial: true } });
  const { atomicNumbers, positions, cell } = structure;
  const total = energy + [...atomicNumbers].reduce((sum, z) => sum + E0[symbolOf(z) as "Na" | "Cl"], 0);
  const periodic = cell ? `Lattice="${[...cell].join(" ")}" pbc="T T T" virial="${[...virial!].join(" ")}"` : 'pbc="F F F"';
  const atoms = [...atomicNumbers].map((z, i) => [symbolOf(z), ...positions.subarray(3 * i, 3 * i + 3), ...forces!.subarray(3 * i, 3 * i + 3)].join(" "));
  return [atomicNumbers.length, `Properties=species:S:1:pos:R:3:force:R:3 energy=${total} config_type=${configType} ${periodic}`, ...atoms, ""].join("\n");
}

/** A cubic that pushes atoms apart is its own spline. */
function glue(): string {
  const points = Array.from({ length: 11 }, (_, i) => 0.2 * i).map((r) => `<point r="${r}" E="${0.7 * (2 - r) ** 3}"/>`).join("");
  const pair = (a: number, b: number): string => `<per_pair_data type1="${a}" type2="${b}"><potential_pair num_points="11" y1="${-2.1 * 4}" yn="0">${points}</potential_pair></per_pair_data>`;
  return `<Glue_params n_types="2"><per_type_data type="1" atomic_num="11"/><per_type_data type="2" atomic_num="17"/>${pair(1, 1)}${pair(1, 2)}${pair(2, 2)}</Glue_params>`;
}

beforeAll(async () => {
  executor = await testExecutor();
  folder = mkdtempSync(join(tmpdir(), "pestle-gap-models-"));
  const reference = lennardJonesModel([11, 17], LABELS, "this test");
  const frames: string[] = [];
  for (let i = 0; i < 10; i++) frames.push(await frame(randomStructure(40 + i, 5 + (i % 3), i % 4 !== 3), i % 2 ? "liquid" : "crystal", reference));
  writeFileSync(at("train.xyz"), frames.join(""));
  writeFileSync(at("glue.xml"), glue());
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await executor.close();
});

const command = `gap_fit at_file=train.xyz core_param_file=glue.xml core_ip_args={IP Glue} e0={Na:${E0.Na}:Cl:${E0.Cl}} sparse_jitter=1.0d-8 gap={
  distance_2b cutoff=4.0 cutoff_transition_width=1.0 covariance_type=ard_se delta=1.0 theta_uniform=1.0 n_sparse=8 sparse_method=uniform :
  distance_2b cutoff=3.0 covariance_type=pp delta=0.3 theta_uniform=2.5 n_sparse=5 sparse_method=uniform Z1=11 Z2=17 :
  angle_3b cutoff=3.2 covariance_type=ard_se delta=0.05 f0=0.01 theta_fac={0.4 0.4 0.5} n_sparse=10 sparse_method=uniform :
  soap cutoff=3.6 cutoff_transition_width=0.6 n_max=3 l_max=2 atom_sigma=0.5 covariance_type=dot_product zeta=4 delta=0.3 n_sparse=12 sparse_method=cur_points config_type_n_sparse={liquid:7:crystal:5}
  : soap_turbo rcut_hard=3.6 rcut_soft=3.1 l_max=2 alpha_max={3 3} atom_sigma_r={0.5 0.6} atom_sigma_t={0.5 0.6} atom_sigma_r_scaling={0.05 0} atom_sigma_t_scaling={0 0.05} amplitude_scaling={1 1}
    central_weight={1 1} species_Z={11 17} n_species=2 central_index=2 basis=poly3gauss radial_enhancement=1 covariance_type=dot_product zeta=2 delta=0.2 n_sparse=6 sparse_method=random}
  default_sigma={0.002 0.05 0.05 0} config_type_sigma={liquid:0.01:0.2:0.2:0} rnd_seed=3`;

async function ok(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await runMain(args);
  expect({ status, stderr: status === 0 ? "" : stderr }).toEqual({ status: 0, stderr: "" });
  return stdout;
}

describe("a gap_fit command, fitted", () => {
  it("is written as a gap.xml, and read back as the same potential", { timeout: TIME_LIMIT }, async () => {
    await ok("import-gap-command", command, "-o", at("fit.yaml"), "--folder", folder, "--strict");
    await ok("fit", at("fit.yaml"), "-o", at("salt.pestle"), "--quiet", "--threads", "1", "--no-checkpoint");
    const exported = await ok("export-gap", at("salt.pestle"), "-o", at("gap.xml"), "--label", "GAP_salt");
    const model = (await loadModel(at("salt.pestle"))) as SumModel;
    const nTerms = (model.parts[1].model as SparseGpModel).terms.length;
    // pairs, triplets and SOAP for every combination of the two species
    expect(nTerms).toBe(3 + 1 + 6 + 2 + 1);
    expect(exported).toMatch(new RegExp(`^model → ${at("gap.xml")}, .*gap\\.xml\\.sparseX\\.GAP_salt${nTerms}\\n$`, "u"));
    expect(await ok("import-gap", at("gap.xml"), "-o", at("back.pestle"))).toBe(`sum, cutoff 4 Å, Na Cl\nmodel → ${at("back.pestle")}\n`);
    const back = await loadModel(at("back.pestle"));
    const atom = makeStructure({ atomicNumbers: Uint8Array.of(17), positions: new Float64Array(3), cell: null, pbc: [false, false, false], label: "atom" });
    for (const structure of [randomStructure(40, 5), randomStructure(71, 7), randomStructure(72, 6, false), atom]) {
      const want = { forces: true, virial: structure.cell !== null, localEnergies: true };
      const [expected, read] = [await evaluateStructure(model, structure, executor, { want }), await evaluateStructure(back, structure, executor, { want })];
      expectClose([read.energy], [expected.energy], 1e-12 * Math.abs(expected.energy));
      expectClose(read.forces!, expected.forces!, 1e-12 * Math.max(1, ...expected.forces!.map(Math.abs)));
      if (structure.cell) expectClose(read.virial!, expected.virial!, 1e-12 * Math.max(1, ...expected.virial!.map(Math.abs)));
      expectClose(read.localEnergies!, expected.localEnergies!, 1e-12 * Math.abs(expected.energy));
    }
    // and it has learned something: the first structure is in the training data
    const labels = lennardJonesModel([11, 17], LABELS, "this test");
    const first = randomStructure(40, 5);
    const energies = [...first.atomicNumbers].reduce((sum, z) => sum + E0[symbolOf(z) as "Na" | "Cl"], 0);
    expectClose([(await evaluateStructure(back, first, executor, { want: {} })).energy], [energies + (await evaluateStructure(labels, first, executor, { want: {} })).energy], 0.1);
    // a second time around the same potential is written, to the last digits
    await ok("export-gap", at("back.pestle"), "-o", at("again.xml"), "--label", "GAP_salt");
    const split = (name: string): { words: string[]; numbers: number[] } => {
      const text = readFileSync(at(name), "utf8").replaceAll(name, "").replaceAll(/ sparseX_md5sum="\w+"/gu, "");
      const number = /(?<![\w.-])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.])/gu;
      return { words: text.split(number), numbers: [...text.matchAll(number)].map(([digits]) => Number(digits)) };
    };
    const [before, after] = [split("gap.xml"), split("again.xml")];
    expect(after.words).toEqual(before.words);
    expect(before.numbers.length).toBeGreaterThan(500);
    after.numbers.forEach((value, i) => expectClose([value], [before.numbers[i]], 1e-13 * Math.abs(before.numbers[i])));
  });

  it("is refused with what to do", async () => {
    const fails = async (...args: string[]): Promise<string> => {
      const { status, stderr } = await runMain(args);
      expect(status).toBe(2);
      return stderr;
    };
    writeFileSync(at("other.xml"), "<GAP_params/>");
    expect(await fails("evaluate", at("other.xml"), at("train.xyz"))).toContain("not a pestle model file; if it is a gap.xml, pestle import-gap makes a model file of it");
    expect(await fails("import-gap", at("other.xml"), "-o", at("x.pestle"))).toContain("other.xml: there is no <gpSparse> in it");
    expect(await fails("import-gap", at("other.xml"))).toContain("no output is given; add for example -o model.pestle");
    expect(await fails("export-gap", at("train.xyz"), "-o", at("x.xml"))).toContain("train.xyz: not a pestle model file");
    expect(await fails("export-gap", at("train.xyz"))).toContain("no output is given; add for example -o gap.xml");
    expect(await fails("import-gap", at("other.xml"), "-o", at("other.xml"))).toContain("is also an input");
  });
});
