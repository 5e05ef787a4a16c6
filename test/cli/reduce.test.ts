// Reduced descriptors through the command, and what uses them.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { describeSchema } from "../../src/config/describe-config.js";
import { fitFileSchema } from "../../src/config/fit-config.js";
import { createDescriptor } from "../../src/descriptors/registry.js";
import { validate } from "../../src/validation.js";
import { type RunResult, runMain } from "./run-pestle.js";

let folder: string;
const at = (name: string): string => join(folder, name);
const quiet = ["--quiet", "--threads", "1"];
const smallSoap = ["-d", "soap", "-p", "nMax=2,lMax=1,sigma=0.5,cutoff.radius=3"];

/** Water-like clusters without symmetry. */
function clusters(): string {
  const frames = [0, 1, 2].map((frame) => {
    const atoms = [["O", 0, 0, 0], ["H", 0.9 + 0.05 * frame, 0.2, 0.1], ["H", -0.3, 0.9, 0.2 * frame], ["O", 0.4, -0.5, 2.6], ["H", 1.2, -0.9, 2.4 + 0.1 * frame], ["H", 0.2, -0.4, 3.5]];
    return `${atoms.length}\npbc="F F F" energy=${-10 - 0.1 * frame}\n${atoms.map((own) => own.join(" ")).join("\n")}\n`;
  });
  return frames.join("");
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pestle-reduce-"));
  writeFileSync(at("water.xyz"), clusters());
});
afterAll(() => rmSync(folder, { recursive: true }));

async function ok(...args: string[]): Promise<RunResult> {
  const result = await runMain([...args, ...quiet]);
  if (result.status !== 0) throw new Error(`${args.join(" ")}: ${result.stderr}`);
  return result;
}

async function failure(...args: string[]): Promise<string> {
  const { status, stderr } = await runMain([...args, ...quiet]);
  expect(status).toBe(2);
  return stderr;
}

describe("pestle reduce", () => {
  it("writes a cluster expansion with a list of functions, which others take", async () => {
    const { stdout } = await ok("reduce", "-d", "ace", "-p", "order=3,degree=8,lWeight=1,cutoff.radius=4", "--species", "O", "-o", at("ace.yaml"), "--json");
    const [told] = JSON.parse(stdout).descriptors;
    expect(told).toMatchObject({ type: "ace", full: 73, kept: 25, pairs: 8, variables: 45, bound: 42, warnings: [] });
    expect(told.orders).toEqual([{ order: 1, full: 8, kept: 8 }, { order: 2, full: 30, kept: 14 }, { order: 3, full: 35, kept: 3 }]);
    const text = readFileSync(at("ace.yaml"), "utf8");
    expect(text).toMatch(/^# Reduced by pestle/u);
    expect(text).toMatch(/- \{ n: \[ 1, 1, 1 \], l: \[ 1, 1, 2 \] \}/u);
    const { descriptor } = parse(text) as { descriptor: { type: string } & Record<string, unknown> };
    expect(descriptor.pruning).toEqual({ method: "exact", full: 73, candidates: "degree, order, factors (n, l, species), coupling", seed: 0, prime: 2147483629 });
    expect(createDescriptor(descriptor).featureCount([8])).toBe(33);
    expect(validate(describeSchema, { data: "x.xyz", descriptor })).toBeDefined();
  });

  it("replaces the descriptors of a fit file and keeps its comments, and the file can be fitted with", async () => {
    writeFileSync(at("fit.yaml"), "# how water is fitted\ndata: { train: water.xyz }\nmodel:\n  type: linear\n  isolatedAtomEnergies: { H: 0, O: 0 }\n  terms:\n    - descriptor: { type: ace, order: 2, degree: [5, 5], lWeight: 1, cutoff: { radius: 3 }, pair: false } # of all\nfit: { sigma: { energy: 0.001 } }\n");
    await ok("reduce", "-c", at("fit.yaml"), "-o", at("pruned.yaml"), "--keep-pairs");
    const text = readFileSync(at("pruned.yaml"), "utf8");
    expect(text).toContain("# how water is fitted");
    const config = parse(text) as Record<string, never>;
    expect(validate(fitFileSchema(config), config)).toBeDefined();
    await ok("fit", at("pruned.yaml"), "-o", at("water.pestle"), "--no-checkpoint");
    const { stdout } = await runMain(["info", at("water.pestle"), "--json"]);
    expect(stdout).toContain('"prime": 2147483629');
  });

  it("writes a list of columns of other descriptors", async () => {
    const { stdout } = await ok("reduce", at("water.xyz"), "-d", "soap", "-p", "nMax=2,lMax=1,sigma=0.5,cutoff.radius=4", "-o", at("soap.json"), "--json");
    const [told] = JSON.parse(stdout).descriptors;
    expect(told.kept).toBeLessThanOrEqual(told.full);
    const { descriptor } = JSON.parse(readFileSync(at("soap.json"), "utf8"));
    expect(descriptor.reduction).toMatchObject({ type: "columns", pruning: { method: "double", full: told.full } });
    expect(createDescriptor(descriptor as { type: string }).featureCount([1, 8])).toBe(told.kept);
    await ok("describe", at("water.xyz"), "-c", at("soap.json"), "-o", at("soap.npy"));
  });

  it("looks at environments of the data where it is asked to", async () => {
    const flexible = JSON.parse((await ok("reduce", at("water.xyz"), "-d", "ace", "-p", "order=2,degree=6,lWeight=1,cutoff.radius=4,pair=false", "--flexible", "--environments", "4", "-o", at("flexible.yaml"), "--json")).stdout).descriptors[0];
    expect(flexible.record).toMatchObject({ method: "double", environments: 4 });
    expect(flexible.points.length).toBe(5);
    const exact = JSON.parse((await ok("reduce", at("water.xyz"), "-d", "ace", "-p", "order=2,degree=6,lWeight=1,cutoff.radius=4,pair=false", "-o", at("exact.yaml"), "--json")).stdout).descriptors[0];
    expect(flexible.kept).toBeGreaterThanOrEqual(exact.kept);
    expect(exact.record.method).toBe("exact");
    const conditioned = JSON.parse((await ok("reduce", at("water.xyz"), "-d", "ace", "-p", "order=2,degree=6,lWeight=1,cutoff.radius=4,pair=false", "--threshold", "1e-2", "-o", at("conditioned.yaml"), "--json")).stdout).descriptors[0];
    expect(conditioned.counts.length).toBe(5);
    expect(conditioned.kept).toBe(conditioned.counts[1].kept);
  });

  it("takes what aliases of a file stand for, and says where it cannot", async () => {
    const ace = "{ type: ace, order: 2, degree: [4, 4], cutoff: &reach { radius: 3 }, pair: false, species: [O] }";
    writeFileSync(at("aliases.yaml"), `model:\n  terms:\n    - descriptor: &one ${ace}\n    - descriptor: *one\n`);
    await ok("reduce", "-c", at("aliases.yaml"), "-o", at("written-out.yaml"));
    const { model } = parse(readFileSync(at("written-out.yaml"), "utf8"));
    expect(model.terms[0].descriptor.functions.length).toBe(4);
    expect(model.terms[1]).toEqual(model.terms[0]);
    writeFileSync(at("inner.yaml"), `descriptor: ${ace}\nother: *reach\n`);
    expect(await failure("reduce", "-c", at("inner.yaml"), "-o", at("x.yaml"))).toContain("the file refers to parts of a descriptor that was reduced");
  });

  it("says beforehand how many columns there are", async () => {
    const { stdout } = await ok("reduce", "-d", "ace", "-p", "order=2,degree=6,lWeight=1,cutoff.radius=4,pair=false", "--species", "Si", "--dry-run");
    expect(stdout).toMatch(/^ace of Si: 20 columns \(6 of order 1, 14 of order 2\), exact arithmetic\n {2}memory {4}about [\d.]+ kB\n {2}time {6}about 1\.0 s of one core\n$/u);
    const raised = await ok("reduce", "-d", "ace", "-p", "order=2,degree=6,lWeight=1,cutoff.radius=4,pair=false", "--species", "Si", "--size", "50", "--dry-run");
    expect(raised.stdout).toBe(`${stdout.trimEnd()}\n  more of each if fewer than 50 are kept: the degree is raised then\n`);
  });

  it("says what is missing or does not fit", async () => {
    const ace = ["-d", "ace", "-p", "order=2,degree=4,cutoff.radius=4"];
    expect(await failure("reduce", ...ace)).toContain("no output is given");
    expect(await failure("reduce", "-o", at("x.yaml"))).toContain("no descriptor is given; add for example -d ace");
    expect(await failure("reduce", ...ace, "-o", at("x.yaml"))).toContain("the species are not known: add data, or for example --species Si,O");
    expect(await failure("reduce", ...ace, "--flexible", "-o", at("x.yaml"))).toContain("--flexible needs data");
    expect(await failure("reduce", ...smallSoap, "--method", "exact", "--species", "Si", "-o", at("x.yaml"))).toContain("exact arithmetic is for the cluster expansion");
    expect(await failure("reduce", ...ace, "--species", "Si", "--method", "exactly", "-o", at("x.yaml"))).toContain("--method is exactly; it is exact or double");
    expect(await failure("reduce", ...ace, "--species", "Si", "--prime", "17", "-o", at("x.yaml"))).toContain("17 is not a prime between");
    expect(await failure("reduce", "-d", "spherical-expansion", "-p", "cutoff.radius=4,nMax=2,lMax=1,sigma=0.5", "--species", "Si", "-o", at("x.yaml"))).toContain("its columns turn with the structure");
    expect(await failure("reduce", "-c", at("ace.yaml"), "-d", "ace", "-o", at("x.yaml"))).toContain("a file and a descriptor are given at once");
    expect(await failure("reduce", at("water.xyz"), "-c", at("soap.json"), "-o", at("x.yaml"))).toContain("it has a reduction already");
  });

  it.each([
    ["atoms at one place", "coincident.xyz", /frame 1 of coincident\.xyz: atoms 1 and 2 .* apart/u],
    ["one atom", "one.xyz", /the atom that was looked at has no neighbor within [\d.]+ Å: raise the cutoff, or leave out --flexible/u],
    ["no structures", "empty.xyz", /empty\.xyz holds no structures/u],
  ])("names %s of the data and what to do", async (_, name, message) => {
    const texts: Record<string, string> = {
      "coincident.xyz": "3\npbc=\"F F F\"\nO 0 0 0\nH 0.9 0 0\nH 0.9 0 0\n",
      "one.xyz": "1\npbc=\"F F F\"\nSi 0 0 0\n",
      "empty.xyz": "",
    };
    writeFileSync(at(name), texts[name]);
    expect(await failure("reduce", at(name), ...smallSoap, "--flexible", "-o", at("bad.yaml"))).toMatch(message);
    expect(existsSync(at("bad.yaml"))).toBe(false);
  });

  it("keeps columns of symmetric and flat environments without NaN", async () => {
    const a = 0.629311793417;
    writeFileSync(at("line.xyz"), "3\npbc=\"F F F\"\nH 0 0 0\nO 0.9 0 0\nH 1.9 0 0\n2\npbc=\"F F F\"\nH 0 0 0\nO 0 0.95 0\n");
    writeFileSync(at("methane.xyz"), `5\npbc="F F F"\nC 0 0 0\nH ${a} ${a} ${a}\nH ${a} ${-a} ${-a}\nH ${-a} ${a} ${-a}\nH ${-a} ${-a} ${a}\n`);
    for (const name of ["line.xyz", "methane.xyz"]) {
      for (const asked of [["--flexible"], ["--threshold", "1e-3"]]) {
        const { stdout } = await ok("reduce", at(name), ...smallSoap, ...asked, "-o", at("kept.yaml"), "--json");
        expect(stdout).not.toMatch(/NaN|null/u);
        expect(JSON.parse(stdout).descriptors[0].kept).toBeGreaterThan(0);
      }
    }
  });

  it("refuses a threshold that leaves nothing, species of the data that were left out, and flags without effect", async () => {
    expect(await failure("reduce", at("water.xyz"), ...smallSoap, "--threshold", "1e9", "-o", at("nothing.yaml"))).toMatch(/no column is left above the threshold 1000000000; lower it: 1e-\d keeps \d+/u);
    expect(await failure("reduce", at("water.xyz"), ...smallSoap, "--flexible", "--species", "O", "-o", at("nothing.yaml"))).toContain("the data hold H, which --species leaves out");
    expect(await failure("reduce", ...smallSoap, "--species", "O", "--prime", "2147483629", "-o", at("nothing.yaml"))).toContain("--prime is for exact arithmetic");
    expect(await failure("reduce", "-d", "ace", "-p", "order=2,degree=4,cutoff.radius=4", "--species", "O", "--tolerance", "1e-9", "-o", at("nothing.yaml"))).toContain("--tolerance is for double precision");
    expect(await failure("reduce", ...smallSoap, "--species", ",", "-o", at("nothing.yaml"))).toContain("--species names no element");
    expect(existsSync(at("nothing.yaml"))).toBe(false);
  });

  it("takes the presets of comparisons, and parameters on top of them", async () => {
    const { stdout } = await ok("reduce", at("water.xyz"), "-d", "soap n4 l3", "-p", "lMax=1", "-o", at("preset.yaml"), "--json");
    const [told] = JSON.parse(stdout).descriptors;
    const { descriptor } = parse(readFileSync(at("preset.yaml"), "utf8"));
    const compared = JSON.parse((await ok("compare", at("water.xyz"), "-d", "soap n4 l3", "--dry-run", "--json")).stdout).descriptors[0];
    expect(descriptor).toMatchObject({ ...compared.parameters, lMax: 1 });
    expect(told.type).toBe("soap");
    expect(descriptor.reduction.columns.length).toBe(told.kept);
    expect(await failure("reduce", at("water.xyz"), "-d", "soap n4 l4", "-o", at("x.yaml"))).toMatch(/there is no descriptor and no preset "soap n4 l4".*did you mean "soap n4 l3"\?/u);
    expect(await failure("reduce", "-d", "soap n4 l3", "--species", "O", "-o", at("x.yaml"))).toContain('"soap n4 l3" is a preset, which takes its cutoff and species from data: add data');
    expect(await failure("reduce", at("water.xyz"), "-d", "coulomb-matrix", "-o", at("x.yaml"))).toContain("reductions need a descriptor of the environments of atoms");
  });

  it("takes parameters that are left to the data from the data", async () => {
    const overlap = ["-d", "overlap-matrix", "-p", "orbitals=s,cutoff.radius=3"];
    const { stdout } = await ok("reduce", at("water.xyz"), ...overlap, "-o", at("overlap.yaml"), "--json");
    const { descriptor } = parse(readFileSync(at("overlap.yaml"), "utf8"));
    expect(descriptor.maxNeighbors).toBeGreaterThan(2);
    expect(JSON.parse(stdout).descriptors[0]).toMatchObject({ full: descriptor.maxNeighbors + 1, kept: descriptor.maxNeighbors + 1 });
    await ok("describe", at("water.xyz"), "-c", at("overlap.yaml"), "-o", at("overlap.npy"));
    expect(await failure("reduce", ...overlap, "--species", "H,O", "-o", at("x.yaml"))).toContain("overlap-matrix: maxNeighbors is not known: give it, or let the descriptor learn it from the data; reductions need all parameters");
  });

  it("takes the species of all training files", async () => {
    writeFileSync(at("carbon.xyz"), "2\npbc=\"F F F\"\nC 0 0 0\nC 0 0 1.4\n");
    writeFileSync(at("two.yaml"), "data: { train: [water.xyz, carbon.xyz] }\nmodel:\n  terms:\n    - descriptor: { type: ace, order: 2, degree: 3, cutoff: { radius: 3 } }\n");
    await ok("reduce", "-c", at("two.yaml"), "-o", at("two-pruned.yaml"));
    expect(parse(readFileSync(at("two-pruned.yaml"), "utf8")).model.terms[0].descriptor.species).toEqual(["H", "C", "O"]);
    const { stdout } = await ok("reduce", "-c", at("two.yaml"), "--dry-run", "--json");
    expect(JSON.parse(stdout).descriptors).toMatchObject([{ type: "ace", species: ["H", "C", "O"], method: "exact", pairs: 9 }]);
  });

  it("says beforehand what environments of data take", async () => {
    const bytes = async (count: string): Promise<number> => JSON.parse((await ok("reduce", at("water.xyz"), ...smallSoap, "--threshold", "1e-3", "--environments", count, "--dry-run", "--json")).stdout).descriptors[0].bytes;
    expect(await bytes("12")).toBeGreaterThan(2 * (await bytes("4")));
    const { stdout } = await ok("reduce", at("water.xyz"), ...smallSoap, "--threshold", "1e-3", "--dry-run");
    expect(stdout).toMatch(/^soap of H, O: 20 columns \(20 of order 2\), double precision, by what is left over data\n {2}memory {4}about [\d.]+ kB\n {2}time .*, and a pass over the data\n$/u);
  });

  it("refuses outputs that others could not read, and data that are not there", async () => {
    const ace = ["-d", "ace", "-p", "order=2,degree=4,cutoff.radius=4", "--species", "O"];
    for (const name of ["x.yaml.gz", "x", "-"]) expect(await failure("reduce", ...ace, "-o", name)).toContain(`the output ${name} must end in .yaml, .yml or .json`);
    expect(await failure("reduce", at("missing.xyz"), ...ace, "-o", at("x.yaml"))).toContain("there is no such file");
    expect(existsSync(at("x.yaml"))).toBe(false);
  });

  it("warns where fewer columns are independent than were asked for", async () => {
    const { stdout, stderr } = await runMain(["reduce", ...smallSoap, "--species", "O", "--size", "500", "-o", at("size.yaml"), "--threads", "1"]);
    expect(stderr).toMatch(/warning: \d columns were kept, fewer than the 500 that were asked for: no more are independent/u);
    expect(stdout).toContain("soap, double precision, seed 0");
  });
});
