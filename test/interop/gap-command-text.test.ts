// How gap_fit commands may be written, what is said of those that cannot be read, and that the page for users of gap_fit names every option.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isGapCommand } from "../../src/interop/gap/command-source.js";
import { commandOptions, soapOptions, soapTurboOptions, distance2bOptions, angle3bOptions } from "../../src/interop/gap/options.js";
import { around, gapCommands, soap } from "./gap-commands.js";

const { imported } = gapCommands();

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
    [around(`${soap} species_Z={14} sparse_metod=file`), /soap has no option "sparse_metod" .* did you mean "sparse_method"\?/u],
    [around(`${soap} species_Z={14} cutoff_transition_width=1d`), /cutoff_transition_width is "1d"; it must be a number/u],
    [around(`${soap} species_Z={14} distance_2b cutoff=3`), /command:1:\d+: distance_2b begins another descriptor; put a colon between them/u],
    [around(`${soap} species_Z={14}Z=14`), /expected white space after \}, not "Z=14"/u],
    [`gap_fit at_file=a gap={soap}${missing}`, /command:1:29: expected white space after \}, not "default_sigma/u],
    [`gap_fit at_file=a gap={soap}, ${missing}`, /command:1:29: expected white space after \}, not ","/u],
    [around(`SOAP ${soap.slice(5)}`), /"SOAP" is no descriptor of QUIP; did you mean "soap"\?/u],
    [around(`${soap} species_Z={14}`, "Sparse_jitter=1e-8"), /no option "Sparse_jitter" .* did you mean "sparse_jitter"\?/u],
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

describe("braces, quotes and white space", () => {
  const own = `${soap} species_Z={14} Z=14`;
  const pair = "distance_2b cutoff=4 delta=1 n_sparse=5 covariance_type=ard_se Z1=14 Z2=14";
  const sigma = "default_sigma={0.002 0.1 0.02 0}";
  const escapedAll = (text: string): string => text.replace(/[ {}]/gu, "\\$&");

  it.each([
    ["tabs", `gap_fit\tat_file=none.xyz\tgap={${own.replaceAll(" ", "\t")}}\t${sigma}`],
    ["lines that end in a backslash", `gap_fit \\\n at_file=none.xyz \\\n  gap={ \\\n${own} \\\n} \\  \n ${sigma}\n`],
    ["lines that were joined", `gap_fit \\ at_file=none.xyz\\ gap={ \\ ${own} \\ }\\   ${sigma} \\ `],
    ["lines of Windows", `gap_fit \\\r\n at_file=none.xyz \\\r\n gap={${own}} \\\r\n ${sigma}\r\n`],
    ["braces in braces", `gap_fit at_file={none.xyz} gap={ { {${own}} } } default_sigma={{0.002 0.1 0.02 0}}`],
    ["quotes around braces", `gap_fit at_file="none.xyz" gap="{${own}}" default_sigma='{0.002 0.1 0.02 0}'`],
    ["quotes in place of braces", `gap_fit at_file=none.xyz gap="${own}" default_sigma="0.002 0.1 0.02 0"`],
    ["quotes around options", `gap_fit at_file=none.xyz "gap={${own}}" "${sigma}"`],
    ["quotes around all options", `gap_fit "at_file=none.xyz gap={${own}} ${sigma}"`],
    ["quotes around everything", `"gap_fit at_file=none.xyz gap={${own}} ${sigma}"`],
    ["quotes within", `gap_fit at_file=none.xyz gap={"${own.replace("dot_product", "'dot_product'")}"} ${sigma}`],
    ["backslashes before braces", `gap_fit at_file=none.xyz gap=\\{${own}\\} default_sigma=\\{0.002 0.1 0.02 0\\}`],
    ["backslashes before braces and spaces", `gap_fit at_file=none.xyz gap=${escapedAll(`{${own}}`)} default_sigma=${escapedAll("{0.002 0.1 0.02 0}")}`],
    ["spaces around equals signs", `gap_fit at_file = none.xyz gap = {${own.replaceAll("=", " = ")}} default_sigma = {0.002 0.1 0.02 0}`],
    ["spaces before or behind them", `gap_fit at_file= none.xyz gap ={${own.replaceAll("=", "= ")}} default_sigma ={0.002 0.1 0.02 0}`],
    ["colons around one descriptor", `gap_fit at_file=none.xyz gap={: ${own} :} ${sigma}`],
    ["numbers of Fortran", `gap_fit at_file=none.xyz gap={${own.replace("delta=1", "delta=1.d0").replace("=0.5", "=5D-1").replace("cutoff=5", "cutoff=5.")}} default_sigma={2d-3 .1 2.0E-02 0}`],
    ["flags", `gap_fit at_file=none.xyz gap={${own} normalise=.true. average=F add_species=.FALSE.} ${sigma} sigma_per_atom do_copy_at_file=f`],
  ])("may be there: %s", async (_, text) => {
    const plain = await imported(`gap_fit at_file=none.xyz gap={${own}} ${sigma}`);
    expect((await imported(text)).config).toEqual(plain.config);
  });

  it.each([`{{${own}}:{${pair}}}`, `{ {${own}} : ${pair} }`, `{"${own}" : '${pair}'}`, `{${own}}:{${pair}}`, `'{${own} : ${pair}}'`])("separate descriptors: %s", async (gap) => {
    const plain = await imported(`gap_fit at_file=none.xyz gap={${own} : ${pair}} ${sigma}`);
    expect(plain.config.model.terms).toHaveLength(2);
    expect((await imported(`gap_fit at_file=none.xyz gap=${gap} ${sigma}`)).config).toEqual(plain.config);
  });

  it.each(["my\\ data.xyz", "'my data.xyz'", '"my data.xyz"'])("are parts of names of files: %s", async (name) => {
    expect((await imported(`gap_fit at_file=${name} gap={${own}} ${sigma}`)).config.data.train).toBe("my data.xyz");
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
