// gap_fit commands as fit files. Names of options are those of gap_fit's own help; numbers follow from docs/how-to/coming-from-gap-fit.md.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { fitFileSchema } from "../../src/config/fit-config.js";
import { isGapCommand } from "../../src/interop/gap/command-source.js";
import { gapFitFile, importGapCommand, type ImportedCommand, readCommandFile } from "../../src/interop/gap/index.js";
import { commandOptions, soapOptions, soapTurboOptions, distance2bOptions, angle3bOptions } from "../../src/interop/gap/options.js";

const models = new URL("../data/reference/gap/models/", import.meta.url);

interface Term {
  descriptor: Record<string, unknown>;
  kernel: Record<string, unknown>;
  sparse: Record<string, unknown>;
  centers?: string[];
  jitter?: number;
}

interface Config {
  data: { train: string; keys: object; columns?: object };
  model: { isolatedAtomEnergies: unknown; terms: Term[] };
  fit: { sigma: object; jitter: number };
  seed: number;
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pestle-gap-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function imported(text: string, species?: number[]): Promise<ImportedCommand & { config: Config }> {
  return (await importGapCommand({ name: "command", text }, { folder, outputFolder: folder, species })) as ImportedCommand & { config: Config };
}

const lostOptions = ({ notes }: ImportedCommand): string[] => notes.filter(({ kind }) => kind === "lost").map(({ option }) => option);

/** A command around some descriptor strings. */
const around = (gap: string, others = ""): string => `gap_fit at_file=none.xyz gap={${gap}} default_sigma={0.002 0.1 0.02 0} ${others}`;
const soap = "soap cutoff=5 n_max=8 l_max=6 atom_sigma=0.5 zeta=4 delta=1 n_sparse=100 covariance_type=dot_product sparse_method=cur_points";

async function term(gap: string, species = [14]): Promise<Term> {
  const { config } = await imported(around(gap), species);
  expect(config.model.terms).toHaveLength(1);
  return config.model.terms[0];
}

describe("descriptor strings", () => {
  it("of soap", async () => {
    expect(await term(`${soap} cutoff_transition_width=0.7`)).toEqual({
      descriptor: { type: "soap", basis: "equispaced-gaussian", nMax: 8, lMax: 6, sigma: 0.5, cutoff: { radius: 5, width: 0.7 }, species: ["Si"] },
      kernel: { type: "dot-product", zeta: 4, delta: 1 },
      sparse: { method: "cur", count: 100 },
      centers: ["Si"],
    });
    const several = `${soap.replace("atom_sigma", "atom_gaussian_width")} n_species=3 species_Z={{1, 6, 8}} n_Z=1 Z=8 add_species=F covariance_sigma0=0.1 cutoff_dexp=2 cutoff_scale=3.0 radial_basis=gto`;
    expect(await term(several)).toMatchObject({
      descriptor: { basis: "quip-gto", sigma: 0.5, species: ["H", "C", "O"], weighting: { function: "pow", c: 1, d: 1, m: 2, r0: 3 } },
      kernel: { type: "polynomial", degree: 4, offset: expect.closeTo(0.01, 12), delta: 1 },
      centers: ["O"],
    });
    expect((await term(`${soap} nu_R=1 nu_S=0 species_Z={11 17} Z=11 normalise=F central_weight=0.5`)).descriptor).toMatchObject({
      compression: { mode: "nu", nuR: 1, nuS: 0 },
      normalize: false,
      centralWeight: 0.5,
    });
  });

  it("of soap for any species: the densities are summed", async () => {
    const { descriptor, centers } = await term(`${soap} add_species=F`, [11, 17]);
    expect([descriptor.compression, descriptor.species, descriptor.centralReference, centers]).toEqual(["mu2", undefined, undefined, undefined]);
    expect((await term(`${soap} add_species=F`, [14])).descriptor).toMatchObject({ species: ["Si"] });
  });

  it("of soap_turbo", async () => {
    const string =
      "soap_turbo l_max=8 alpha_max={8 7} atom_sigma_r={{0.5 0.4}} atom_sigma_t={0.5} atom_sigma_r_scaling={0.} atom_sigma_t_scaling={0.1 0.1} zeta=6, rcut_hard=4.7 rcut_soft=4.2 " +
      "basis=poly3gauss scaling_mode=polynomial add_species=F amplitude_scaling={1.0 2.0} n_species=2 species_Z={6 1} central_index=2 radial_enhancement={{1}} compress_mode=trivial " +
      "compress_file=None central_weight={1. 1.} delta=.1d0 f0=0.0 covariance_type=dot_product n_sparse=50 sparse_method=cur_points";
    expect(await term(string)).toEqual({
      descriptor: {
        type: "soap-turbo",
        basis: "poly3gauss",
        nMax: { C: 8, H: 7 },
        lMax: 8,
        cutoff: { radius: 4.7, soft: 4.2 },
        sigmaRadial: { C: 0.5, H: 0.4 },
        sigmaAngular: 0.5,
        sigmaAngularScaling: 0.1,
        amplitudeScaling: { C: 1, H: 2 },
        radialEnhancement: 1,
        compression: "trivial",
        species: ["C", "H"],
      },
      kernel: { type: "dot-product", zeta: 6, delta: 0.1 },
      sparse: { method: "cur", count: 50 },
      centers: ["H"],
    });
  });

  it("of pairs and triplets, whose delta is doubled", async () => {
    const pair = "distance_2b Z1=8 Z2=1 cutoff=4 delta=0.3 theta_uniform=0.7 n_sparse=12 covariance_type=1 sparse_method=uniform";
    expect(await term(`${pair} n_exponents=3 tail_exponent=2 tail_range=0.5`)).toEqual({
      descriptor: { type: "distance-2b", species: ["O", "H"], cutoff: { radius: 4, width: 0.5 }, exponents: [-1, -2, -3], tail: { exponent: 2, range: 0.5 } },
      kernel: { type: "squared-exponential", lengthScale: 0.7, delta: 0.3 },
      sparse: { method: "uniform", count: 12 },
    });
    const triplet = await term("angle_3b Z_center=8 Z1=1 Z2=1 cutoff=3 delta=0.3 f0=0.1 theta_fac={0.5 0.4 0.3} n_sparse=12 covariance_type=ARD_SE");
    expect(triplet.descriptor).toEqual({ type: "angle-3b", center: "O", species: ["H", "H"], cutoff: { radius: 3, width: 0.5 } });
    expect([triplet.kernel, triplet.sparse]).toEqual([{ type: "squared-exponential", lengthScale: { ofRange: [0.5, 0.4, 0.3] }, delta: 0.6, constant: 0.2 }, { method: "random", count: 12 }]);
    // k is four times as large with twice the δ
    expect(triplet.jitter).toBe(4e-10);
    expect((await term(pair.replace("theta_uniform=0.7", "theta_fac={0.5 0.5}"))).kernel.lengthScale).toEqual({ ofRange: 0.5 });
  });

  it("say how files of sparse points have to look", async () => {
    const remarkOf = async (gap: string): Promise<string> =>
      (await imported(around(`${gap} sparse_method=file sparse_file=points.dat`), [14])).notes.find(({ option }) => option.endsWith("sparse_file"))!.text;
    expect(await remarkOf("distance_2b cutoff=4 delta=1 covariance_type=ard_se")).toMatch(/of a point and then its cutoff, which gap\.xml\.sparseX files lack/u);
    expect(await remarkOf(soap.replace(" sparse_method=cur_points", ""))).toMatch(/of a point without its cutoff, as in gap\.xml\.sparseX files/u);
  });

  it("make a term for every combination of species", async () => {
    const tail = "cutoff=4 delta=1 n_sparse=5 covariance_type=ard_se";
    const { config } = await imported(around(`distance_2b ${tail} : angle_3b ${tail} add_species : ${soap} add_species=True`), [1, 8]);
    const { terms } = config.model;
    const pairs = terms.filter(({ descriptor }) => descriptor.type === "distance-2b").map(({ descriptor }) => (descriptor.species as string[]).join(""));
    const triplets = terms.filter(({ descriptor }) => descriptor.type === "angle-3b").map(({ descriptor }) => `${descriptor.center as string}:${(descriptor.species as string[]).join("")}`);
    const centers = terms.filter(({ descriptor }) => descriptor.type === "soap").map((entry) => [entry.centers, entry.descriptor.species]);
    expect(pairs).toEqual(["HH", "HO", "OO"]);
    expect(triplets).toEqual(["H:HH", "H:HO", "H:OO", "O:HH", "O:HO", "O:OO"]);
    expect(centers).toEqual([[["H"], ["H", "O"]], [["O"], ["H", "O"]]]);
    expect((await imported(around(`distance_2b ${tail} add_species=.false.`), [1, 8])).config.model.terms.map(({ descriptor }) => descriptor.species)).toEqual([["*", "*"]]);
  });
});

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

describe("what cannot be read", () => {
  const missing = "default_sigma={1 1 1 1}";
  it.each([
    ["", /there is no command/u],
    ["lmp -in in.lammps", /command:1:1: "lmp" is not gap_fit/u],
    ["gapfit at_file=a", /"gapfit" is not gap_fit; did you mean "gap_fit"\?/u],
    ["gap_fit gap={soap}", /gap_fit needs at_file/u],
    ["gap_fit at_file=a.xyz", /gap_fit needs gap/u],
    [`gap_fit at_file=a gap={soap`, /command:1:23: this \{ is never closed/u],
    [`gap_fit at_file=a gap=soap}`, /command:1:27: this \} has no \{ before it/u],
    [`gap_fit at_file='a gap={soap}`, /command:1:17: this ' is never closed/u],
    [`gap_fit at_file=a gap={soap} at_fil=b`, /command:1:30: gap_fit has no option "at_fil" .* did you mean "at_file"\?/u],
    [`gap_fit at_file=a gap={soap} at_file=b`, /command:1:30: at_file is given twice/u],
    [`gap_fit at_file=a atoms_filename=b`, /command:1:19: atoms_filename is at_file, which is given already/u],
    [`gap_fit at_file=a gap={soup} ${missing}`, /command:1:24: "soup" is no descriptor of QUIP; did you mean "soap"\?/u],
    [`gap_fit at_file=a gap={soap\n  n_mx=8} ${missing}`, /command:2:3: soap has no option "n_mx" .* did you mean "n_max"\?/u],
    [around(`${soap} species_Z={14} n_max=9`), /n_max is given twice/u],
    [around(`${soap.replace("n_max=8", "n_max=eight")} species_Z={14}`), /n_max is "eight"; it must be a number/u],
    [around(`${soap.replace("dot_product", "dotproduct")} species_Z={14}`), /covariance_type is "dotproduct", .* did you mean "dot_product"\?/u],
    [around(`${soap.replace("cur_points", "cur_point")} species_Z={14}`), /sparse_method is "cur_point", .* did you mean "cur_points"\?/u],
    [around(`${soap.replace("delta=1", "delta=0")} species_Z={14}`), /delta is 0; it must be above 0/u],
    [around(soap.replace("n_sparse=100", "species_Z={14}")), /soap needs n_sparse or config_type_n_sparse/u],
    [around(soap), /add --species, for example --species Si,O/u],
    [around("rdf cutoff=5"), /none of the descriptors has a counterpart/u],
    [around(`${soap} species_Z={14}`, "sigma_per_atom=maybe"), /sigma_per_atom is "maybe"; it must be T or F/u],
    [around(`${soap} species_Z={14}`, "config_type_sigma={a:1:2:3}"), /config_type_sigma has 4 parts; every group has five/u],
    [around(`${soap} species_Z={14}`, "e0={Si:-1:Xx:2}"), /"Xx" is no chemical symbol/u],
    [around(`${soap} species_Z={14}`, "stray"), /gap_fit has no option "stray"/u],
    [around(`${soap} species_Z={14}`, "-np"), /expected key=value, not "-np"/u],
  ])("is explained: %s", async (text, message) => {
    await expect(imported(text)).rejects.toThrow(message);
  });
});

describe("layout", () => {
  const options = ["e0={H:-1.5:O:-2}", "sparse_jitter=1e-8", "rnd_seed=7", "default_sigma={0.002 0.1 0.02 0}", "at_file=none.xyz", "energy_parameter_name=REF_energy", "config_type_sigma={a:1:2:3:4:b:1:1:1:1}"];
  const keys = ["cutoff=5", "n_max=8", "l_max=6", "atom_sigma=0.5", "zeta=4", "delta=0.1", "covariance_type=dot_product", "n_sparse=100", "sparse_method=cur_points", "species_Z={1 8}", "Z=8"];

  it("and order do not matter", async () => {
    const plain = await imported(`gap_fit ${options.join(" ")} gap={soap ${keys.join(" ")}}`);
    const space = fc.constantFrom(" ", "  ", "\t", "\n", " \\\n  ", "\n# a remark { ' \n");
    const shuffled = (list: string[]): fc.Arbitrary<string[]> => fc.shuffledSubarray(list, { minLength: list.length });
    const input = fc.tuple(shuffled(keys), shuffled(options), fc.array(space, { minLength: 24, maxLength: 24 }), fc.nat(options.length), fc.constantFrom("", '"'));
    await fc.assert(
      fc.asyncProperty(input, async ([ownKeys, ownOptions, spaces, place, quote]) => {
        let used = 0;
        const join = (words: string[]): string => words.map((word) => spaces[used++ % spaces.length] + word).join("");
        // a shell has no comments in quotes
        const quoted = (text: string): string => (text.includes("#") ? text : quote + text + quote);
        const gap = quoted(`gap={soap${join(ownKeys)} }`);
        const words = [...ownOptions.slice(0, place), gap, ...ownOptions.slice(place)];
        const { config } = await imported(`gap_fit${join(words)}`);
        expect(config).toEqual(plain.config);
      }),
      { numRuns: 60 },
    );
  });
});

describe("a text", () => {
  it.each([
    [around(soap), true],
    [`#!/bin/sh\nmpirun -n 4 gap_fit ${around(soap).slice(8)}`, true],
    ['at_file = a.xyz gap = {soap}', true],
    ["<GAP_1><GAP_params>", true],
    [`# Made from this command:\n#   ${around(soap)}\ndata:\n  train: a.xyz # gap={} at_file=a\n`, false],
    ["data: { train: gap.xml }", false],
    ["<svg/>", false],
    ["examples/si.yaml", false],
  ])("is a command or not: %s", (text, isOne) => {
    expect(isGapCommand(text)).toBe(isOne);
  });
});

describe("the page for users of gap_fit", () => {
  it("names every option", () => {
    const page = readFileSync(new URL("../../docs/how-to/coming-from-gap-fit.md", import.meta.url), "utf8");
    const names = [commandOptions, soapOptions, soapTurboOptions, distance2bOptions, angle3bOptions].flatMap((options) => Object.keys(options));
    expect(names.length).toBeGreaterThan(80);
    expect(names.filter((name) => !new RegExp(`(?<!\\w)${name}(?!\\w)`, "u").test(page))).toEqual([]);
  });
});
