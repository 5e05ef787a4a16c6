// gap_fit commands as fit files. Names of options are those of gap_fit's own help; numbers follow from docs/how-to/coming-from-gap-fit.md.
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { fitFileSchema } from "../../src/config/fit-config.js";
import { gapFitFile, importGapCommand, readCommandFile } from "../../src/interop/gap/index.js";
import { around, type Config, gapCommands, lostOptions, soap } from "./gap-commands.js";

const models = new URL("../data/reference/gap/models/", import.meta.url);
const { folder, imported } = gapCommands();

const carbon = `gap_fit atoms_filename=carbon.xyz core_param_file=glue.xml core_ip_args={IP Glue} e0_method=average sparse_jitter=1.0d-8 gap={\\
  distance_2b cutoff=3.7 covariance_type=ard_se delta=2.0 theta_uniform=1.0 n_sparse=15 sparse_method=UNIFORM add_species=T :  # pairs
  angle_3b cutoff=2.5 covariance_type=ard_se theta_fac=0.5 n_sparse=200 delta=0.05 sparse_method=uniform add_species=T : \\
  soap cutoff=3.7 covariance_type=dot_product zeta=4 delta=0.1 atom_sigma=0.5 l_max=8 n_max=8 cutoff_transition_width=0.5
       config_type_n_sparse={dimer:20:Amorphous:350:liquid:50} sparse_method=cur_points add_species} \\
  default_sigma={0.001 0.1 0.05 0} config_type_sigma={dimer:0.0001:0.01:0.0:0.0:isolated_atom:0.0001:0.0:0.0:0.0} \\
  rnd_seed=-1 energy_parameter_name=dft_energy force_parameter_name=dft_force gp_file=gap_C.xml > log 2>&1 &`;

describe("a whole command", () => {
  it("of two-, three- and many-body terms with groups of structures", async () => {
    const result = await imported(carbon, [6]);
    const { data, model, fit, seed } = result.config;
    expect(data).toEqual({ train: "carbon.xyz", keys: { energy: "dft_energy", forces: "dft_force", virial: "virial" } });
    expect(model.terms.map(({ descriptor }) => descriptor.type)).toEqual(["distance-2b", "angle-3b", "soap"]);
    expect(model.terms[2].sparse).toEqual({ method: "cur", count: {}, configTypes: { dimer: 20, Amorphous: 350, liquid: 50 } });
    expect(model.terms.map(({ jitter }) => jitter)).toEqual([undefined, 4e-8, undefined]);
    expect(model.isolatedAtomEnergies).toBe("average");
    expect(fitFileSchema(result.config).safeParse(result.config).error).toBeUndefined();
    const configTypes = { dimer: { energy: 0.0001, forces: 0.01 }, isolated_atom: { energy: 0.0001 } };
    expect(fit).toEqual({ sigma: { energy: 0.001, forces: 0.1, virial: 0.05, configTypes }, jitter: 1e-8 });
    expect(seed).toBe(1);
    expect(lostOptions(result)).toEqual(["core_ip_args", "config_type_sigma"]);
  });

  it("of silicon, its published descriptors", async () => {
    const gap = "distance_Nb order=2 cutoff=5 n_sparse=15 : soap l_max=12 n_max=10 atom_sigma=0.5 zeta=4 cutoff=5.0 cutoff_transition_width=1.0 central_weight=1.0 n_sparse=9000 delta=3.0 f0=0.0 covariance_type=dot_product sparse_method=cur_points";
    const result = await imported(`teach_sparse at_file=none.xyz gap={${gap}} e0=-158.54 default_sigma={0.001 0.1 0.05 0.0} sigma_per_atom=F rnd_seed=2026`, [14]);
    expect(lostOptions(result)).toEqual(["distance_Nb"]);
    expect(result.config.model.isolatedAtomEnergies).toEqual({ Si: -158.54 });
    expect(result.config.fit).toEqual({ sigma: { energy: 0.001, forces: 0.1, virial: 0.05, perAtom: false }, jitter: 1e-10 });
    expect(result.config.seed).toBe(2026);
  });

  it.each(["si_soap", "si_turbo"])("in the gap.xml of %s", async (name) => {
    const source = await readCommandFile(new URL(`${name}/gap.xml`, models).pathname);
    const { config } = (await importGapCommand(source, { folder, outputFolder: folder, species: [14] })) as unknown as { config: Config };
    const [{ descriptor, kernel, sparse, centers }] = config.model.terms;
    expect([sparse.method, centers, config.model.isolatedAtomEnergies, config.fit.jitter]).toEqual(["cur", ["Si"], { Si: -0.79 }, 1e-8]);
    expect(descriptor).toMatchObject(name === "si_soap" ? { nMax: 6, lMax: 6, cutoff: { radius: 4.5, width: 0.5 } } : { nMax: 4, sigmaRadialScaling: 0.05, basis: "poly3gauss" });
    expect(kernel).toEqual({ type: "dot-product", zeta: 4, delta: name === "si_soap" ? 1 : 0.5 });
  });

  it("makes a file that says the same, and keeps what was lost and the command", async () => {
    const result = await imported(carbon, [6]);
    const text = gapFitFile(result, { path: "fit.yaml", modelFile: "gap_C.pestle" });
    expect(parse(text)).toEqual(result.config);
    expect(text).toMatch(/^# Run with: pestle fit fit\.yaml -o gap_C\.pestle\n/u);
    expect(text).toContain("#   rnd_seed=-1 energy_parameter_name=dft_energy");
    expect(text).toContain("# - core_ip_args: IP Glue is not converted (glue.xml: no such file);");
    expect(text).toMatch(/# angle_3b cutoff=2\.5 .*\n.*\n +# delta is 2 × 0\.05, jitter 4 × 1e-8: .*\n +- descriptor: \{ type: angle-3b/u);
  });
});

describe("a potential that the fit stands on", () => {
  const command = around(`${soap} n_species=1 species_Z={6} Z=6`, "core_ip_args={IP Glue} core_param_file=glue.xml");
  const glue = (points: string, slopes = 'y1="1.0e50" yn="0.0"', embedding = 0): string =>
    `<Glue_params n_types="1"><per_type_data type="1" atomic_num="6"><potential_density num_points="2"><point rho="0" E="0"/><point rho="1" E="${embedding}"/></potential_density></per_type_data>` +
    `<per_pair_data type1="1" type2="1"><potential_pair num_points="4" ${slopes}>${points}</potential_pair></per_pair_data></Glue_params>`;
  const points = (f: (r: number) => number, from = 0): string => [0, 0.5, 1.25, 2, 3].slice(from).map((r) => `<point r="${r}" E="${f(r)}"/>`).join("\n");

  it("becomes tables with the slopes of its splines", async () => {
    // a cubic is its own spline where the end slopes are its own
    const cubic = (r: number): number => (3 - r) ** 3;
    writeFileSync(join(folder, "glue.xml"), glue(points(cubic), 'y1="-27" yn="0"'));
    const { config, files, notes } = await imported(command, [6]);
    expect((config.model as { baseline?: unknown }).baseline).toEqual({ type: "pair-table", pairs: [{ species: ["C", "C"], path: "glue-C-C.txt" }] });
    expect(notes.filter(({ kind }) => kind === "lost")).toEqual([]);
    const rows = files[0].text.trim().split("\n").slice(1).map((line) => line.split(" ").map(Number));
    expect(rows.map(([r]) => r)).toEqual([0.5, 1.25, 2, 3]);
    for (const [r, energy, force] of rows) {
      expect(energy).toBe(cubic(r));
      expect(force).toBeCloseTo(3 * (3 - r) ** 2, 12);
    }
    // as is a straight line where they are free
    writeFileSync(join(folder, "glue.xml"), glue(points((r) => 2 - r, 1), 'y1="1.0e50" yn="1e50"'));
    const line = (await imported(command, [6])).files[0].text.trim().split("\n").slice(1);
    for (const row of line) expect(Number(row.split(" ")[2])).toBeCloseTo(1, 12);
  });

  it.each([
    ["embedding functions", () => glue(points((r) => r), undefined, 1), command, /glue\.xml has embedding functions/u],
    ["no pair functions", () => "<SW_params/>", command, /there is no <Glue_params>/u],
    ["another potential", () => "", command.replace("Glue", "Tersoff"), /only pair functions of IP Glue/u],
  ])("is named with the remedy: %s", async (_, xml, text, reason) => {
    writeFileSync(join(folder, "glue.xml"), xml());
    const { notes, files } = await imported(text, [6]);
    expect(files).toEqual([]);
    expect(notes.filter(({ kind }) => kind === "lost").map((note) => note.text)).toEqual([expect.stringMatching(reason)]);
    rmSync(join(folder, "glue.xml"));
  });
});

describe("energies of isolated atoms", () => {
  const of = async (others: string, species?: number[]): Promise<unknown> => (await imported(around(`${soap} species_Z={1 8} Z=8`, others), species)).config.model.isolatedAtomEnergies;

  it("are a number, a list, or found in the data", async () => {
    expect(await of("e0={H:-1.5:O:-3.25e1}")).toEqual({ H: -1.5, O: -32.5 });
    expect(await of("e0=-2 e0_offset=0.5", [8])).toEqual({ O: -1.5 });
    expect(await of("e0={H:-1.5}")).toEqual({ H: -1.5, O: 0 });
    expect(await of("")).toBe("from-data");
    expect(await of("e0_method=\\\"average\\\"")).toBe("average");
    expect(lostOptions(await imported(around(`${soap} species_Z={1 8} Z=8`, "e0_method=average e0_offset=1")))).toEqual(["e0_offset"]);
  });
});

describe("the training file", () => {
  const frame = (n: number, comment: string, columns = "force:R:3", values = " 0 0 0"): string =>
    `${n}\nLattice="9 0 0 0 9 0 0 0 9" Properties=species:S:1:pos:R:3:${columns} ${comment}\n${Array.from({ length: n }, (_, i) => `${i % 2 ? "O" : "H"} 0 0 ${i}${values}\n`).join("")}`;
  const command = (others = ""): string => around(`${soap} config_type_n_sparse={bulk:10}`, others).replace("none.xyz", "train.xyz");

  it("says elements, keys, groups, and which σ and masks there are", async () => {
    const content =
      frame(2, "energy=-4 config_type=Bulk energy_sigma=0.1 stress=\"1 0 0 0 1 0 0 0 1\"", "force:R:3:force_mask:L:1:force_atom_sigma:R:1", " 0 0 0 F 0.2") + frame(1, "energy=-1 config_type=solo") + frame(2, "energy=-6");
    writeFileSync(join(folder, "train.xyz"), content);
    const { config } = await imported(command());
    expect(config.model.terms.map(({ centers }) => centers)).toEqual([["H"], ["O"]]);
    expect(config.model.terms[0].sparse).toEqual({ method: "cur", count: 90, configTypes: { Bulk: 10 } });
    expect(config.data).toEqual({
      train: "train.xyz",
      keys: { energy: "energy", forces: "force", stress: "stress" },
      columns: { energy_sigma: { unit: "eV", per: "structure" }, force_atom_sigma: { unit: "eV/Å", per: "atom" }, force_mask: {} },
    });
    expect(config.fit.sigma).toEqual({
      energy: 0.002,
      forces: 0.1,
      virial: 0.02,
      columns: { energy: "energy_sigma", forces: "force_atom_sigma" },
      masks: { forces: { column: "force_mask", leaveOut: 1 } },
    });
    expect((await imported(command("e0_method=average"))).config.model.isolatedAtomEnergies).toBe("average");
    // the mean of −2, −1 and −3
    expect((await imported(command("e0_method=average e0_offset=0.5"))).config.model.isolatedAtomEnergies).toEqual({ H: -1.5, O: -1.5 });
  });

  it("has isolated atoms that a fit would not take for some, or lacks them", async () => {
    const atom = (symbol: string, energy: number): string => frame(1, `energy=${energy}`).replace(/\nH/u, `\n${symbol}`);
    writeFileSync(join(folder, "train.xyz"), frame(2, "energy=-4") + atom("H", -1) + atom("O", -2.5));
    expect((await imported(command())).config.model.isolatedAtomEnergies).toEqual({ H: -1, O: -2.5 });
    writeFileSync(join(folder, "train.xyz"), frame(2, "energy=-4") + atom("H", -1));
    const result = await imported(command());
    expect(result.config.model.isolatedAtomEnergies).toBe("from-data");
    expect(result.notes.map(({ text }) => text).join()).toMatch(/no isolated O/u);
    expect(result.config.data.keys).toEqual({ energy: "energy", forces: "force", virial: false });
    expect(result.config.fit.sigma).toEqual({ energy: 0.002, forces: 0.1 });
  });
});
