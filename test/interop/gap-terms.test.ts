// Descriptor strings of gap_fit commands as terms of fit files, by docs/how-to/coming-from-gap-fit.md.
import { describe, expect, it } from "vitest";
import { around, gapCommands, soap } from "./gap-commands.js";

const { imported, term } = gapCommands();

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
