// Descriptor strings of gap_fit commands as terms of fit files, by docs/how-to/coming-from-gap-fit.md.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { around, gapCommands, lostOptions, soap } from "./gap-commands.js";

const { folder, imported, term } = gapCommands();

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

  it("name files of sparse points, with their layout", async () => {
    const file = { method: "file", path: "points.dat", layout: "gap-fit" };
    const fromFile = `${soap.replace("cur_points", "file")} sparse_file=points.dat`;
    expect((await term("distance_2b cutoff=4 delta=1 covariance_type=ard_se sparse_method=FILE sparse_file=points.dat")).sparse).toEqual(file);
    expect((await term(fromFile)).sparse).toEqual(file);
    expect(lostOptions(await imported(around(`${fromFile} species_Z={8 14} Z=8`), [8, 14]))).toEqual([]);
    // components in the order of species_Z
    expect(lostOptions(await imported(around(`${fromFile} species_Z={14 8} Z=8`), [8, 14]))).toEqual(["soap sparse_file"]);
  });

  describe("with length scales in a file", () => {
    const withFile = (content: string, descriptor = "angle_3b cutoff=3 Z1=14 Z2=14 Z=14 delta=1 n_sparse=9 covariance_type=ard_se"): string => {
      writeFileSync(join(folder, "theta.dat"), content);
      return `${descriptor} theta_file=theta.dat`;
    };

    it("have them as a list, or as a number where they are equal", async () => {
      expect((await term(withFile(" 1.5\n.5d0\n2e-1\n"))).kernel.lengthScale).toEqual([1.5, 0.5, 0.2]);
      expect((await term(withFile("0.7 0.7 0.7"))).kernel.lengthScale).toBe(0.7);
    });

    it("have them in the order of the columns here, without that of a last component", async () => {
      const lengthScaleOf = async (species: string): Promise<number[]> =>
        (await term(withFile(numbers.join(" "), `soap cutoff=3 n_max=1 l_max=1 atom_sigma=0.5 delta=1 n_sparse=9 covariance_type=pp species_Z={${species}} Z=8`), [8, 14])).kernel.lengthScale as number[];
      // O-O, O-Si and Si-Si for l = 0, 1, then covariance_sigma0
      const numbers = [1, 2, 3, 4, 5, 6, 7];
      expect(await lengthScaleOf("8 14")).toEqual([1, 2, 3, 4, 5, 6]);
      expect(await lengthScaleOf("14 8")).toEqual([5, 6, 3, 4, 1, 2]);
    });

    it.each([
      ["1 2", /command:1:\d+: theta_file has 2 length scales; angle_3b has 3 coordinates/u],
      ["1 2 x", /theta\.dat:1:5: a length scale is "x"; it must be a number/u],
      ["1\n-2\n3", /theta\.dat:2:1: a length scale is -2; it must be above 0/u],
      [" \n", /theta\.dat:\d:\d: there are no length scales in it/u],
    ])("need one for each coordinate: %j", async (content, message) => {
      await expect(term(withFile(content))).rejects.toThrow(message);
    });

    it("take shares of the ranges where it is not there, and say so", async () => {
      const result = await imported(around(withFile("1 1 1").replace("theta.dat", "none.dat")), [14]);
      expect(result.config.model.terms[0].kernel.lengthScale).toEqual({ ofRange: 1 });
      expect(result.notes.find(({ option }) => option === "angle_3b theta_file")!.text).toMatch(/^none\.dat: no such file; write the numbers/u);
    });
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
