import { describe, expect, it } from "vitest";
import { InvalidParameterError } from "../src/errors.js";
import { codata2018, ownUnit, unitFactor, units } from "../src/units.js";
import { expectClose as expectAllClose } from "./expect.js";

/**
 * As published by NIST, "CODATA Internationally recommended 2018 values of the Fundamental Physical Constants" (allascii.txt): value and
 * standard uncertainty. Those marked exact are given with all digits that the table has.
 */
const published = {
  hartreeInEV: [27.211386245988, 5.3e-11],
  rydbergInEV: [13.605693122994, 2.6e-11],
  bohrInM: [5.29177210903e-11, 8e-21],
  boltzmannInEV: [8.617333262e-5, 0],
  jouleInEV: [6.241509074e18, 0],
  forceInN: [8.2387234983e-8, 1.2e-17],
  hartreeInK: [3.1577502480407e5, 6.1e-7],
  inverseFineStructure: [137.035999084, 2.1e-8],
  amuInMeV: [931.49410242, 2.8e-7],
  electronMassInU: [5.48579909065e-4, 1.6e-14],
  dipoleInCm: [8.4783536255e-30, 1.3e-39],
  timeInS: [2.4188843265857e-17, 4.7e-29],
  faradayInCPerMol: [96485.33212, 0],
  gasConstant: [8.314462618, 0],
} as const;

function expectClose(value: number, expected: number, tolerance: number): void {
  expectAllClose([value], [expected], tolerance);
}

/** Agreement to the last digits that are published (exact values end after ten digits), or to a tenth of the uncertainty. */
function expectPublished(value: number, name: keyof typeof published): void {
  const [expected, uncertainty] = published[name];
  expectClose(value, expected, uncertainty > 0 ? 0.3 * uncertainty : 1e-9 * expected);
}

describe("constants", () => {
  it("are those of CODATA 2018, and fit each other", () => {
    const { planck, elementaryCharge: e, boltzmann, avogadro, fineStructure, hartree, bohr, electronMass, atomicMass, speedOfLight: c, vacuumPermittivity } = codata2018;
    expect([planck, e, boltzmann, avogadro, c]).toEqual([6.62607015e-34, 1.602176634e-19, 1.380649e-23, 6.02214076e23, 299792458]);
    const hbar = planck / (2 * Math.PI);
    expectPublished(hartree / e, "hartreeInEV");
    expectPublished(bohr, "bohrInM");
    expectPublished(1 / fineStructure, "inverseFineStructure");
    expectPublished(electronMass / atomicMass, "electronMassInU");
    expectPublished((atomicMass * c * c) / e / 1e6, "amuInMeV");
    expectPublished(boltzmann * avogadro, "gasConstant");
    expectPublished(e * avogadro, "faradayInCPerMol");
    expectPublished(hbar / hartree, "timeInS");
    expectPublished(e * bohr, "dipoleInCm");
    // relations that hold whatever the values: E_h = α² m c², a₀ = ħ/(α m c), E_h a₀ = e²/(4π ε₀)
    expectClose(hartree, fineStructure ** 2 * electronMass * c * c, 1e-9 * hartree);
    expectClose(bohr, hbar / (fineStructure * electronMass * c), 1e-9 * bohr);
    expectClose(hartree * bohr, (e * e) / (4 * Math.PI * vacuumPermittivity), 1e-9 * hartree * bohr);
  });

  it("give the units of the field", () => {
    expectPublished(units.hartree, "hartreeInEV");
    expectPublished(units.rydberg, "rydbergInEV");
    expectPublished(units.bohr * 1e-10, "bohrInM");
    expectPublished(units.boltzmann, "boltzmannInEV");
    expectPublished(units.joule, "jouleInEV");
    expectPublished(units.hartree / units.boltzmann, "hartreeInK");
    expectPublished(((units.hartree / units.bohr) * codata2018.elementaryCharge) / 1e-10, "forceInN");
    // e/(4π ε₀) by the other route; α ħ c in eV·Å
    const alphaHbarC = (codata2018.fineStructure * codata2018.planck * codata2018.speedOfLight) / (2 * Math.PI * codata2018.elementaryCharge) * 1e10;
    expectClose(units.coulomb, alphaHbarC, 1e-9 * units.coulomb);
    expectClose(units.coulomb, 14.3996454785, 1e-10);
    expectClose(units.kcalPerMol, 0.0433641042418, 1e-13);
    expectClose(units.kJPerMol, 0.0103642696563, 1e-13);
    expectClose(1 / units.gigapascal, 160.2176634, 1e-12);
    expectClose(units.amuAngstrom2PerFs2, 103.6426965268, 1e-8);
    // a dipole of one atomic unit is 2.541746 D
    expectClose(units.bohr / units.debye, 2.541746473, 1e-8);
  });
});

describe("conversion of units", () => {
  it.each([
    ["hartree", "eV", units.hartree],
    ["Ha", "Ry", 2],
    ["hartree/bohr", "eV/Å", 51.4220674763],
    ["kcal/mol", "eV", units.kcalPerMol],
    ["kcal/mol/Å", "kJ/mol/Å", 4.184],
    ["kJ / mol", "eV", units.kJPerMol],
    ["eV/Å³", "GPa", 160.2176634],
    ["eV/Å^3", "eV/Å³", 1],
    ["eV/\u212b3", "kbar", 1602.176634],
    ["Ry*bohr^-3", "GPa", 14710.5],
    ["amu*Å²/fs²", "eV", units.amuAngstrom2PerFs2],
    ["Å/ps", "Å/fs", 1e-3],
    ["D", "e·Å", units.debye],
    ["nm", "Angstrom", 10],
    ["", "1", 1],
  ])("from %s to %s", (from, to, factor) => {
    expectClose(unitFactor(from, to), factor, 1e-6 * factor);
    expectClose(unitFactor(from, to) * unitFactor(to, from), 1, 1e-14);
  });

  it("is exact for equal units, and for tables of one constant", () => {
    expect(unitFactor("strange", "strange")).toBe(1);
    expect(unitFactor("hartree", "eV")).toBe(27.211386245988);
    expect(unitFactor("bohr", "Å")).toBe(0.529177210903);
  });

  it("refuses what has no meaning", () => {
    expect(() => unitFactor("eV", "Å")).toThrow('"eV" cannot be converted to "Å": they measure different things');
    expect(() => unitFactor("eV/Å", "eV")).toThrow(InvalidParameterError);
    expect(() => unitFactor("hartre", "eV")).toThrow('"hartre" is not a unit; did you mean "hartree"?');
    expect(() => unitFactor("eV/parsec", "eV")).toThrow('"parsec" in "eV/parsec" is not a unit; known units are eV, ');
    expect(() => unitFactor("eV//Å", "eV")).toThrow('"" in "eV//Å" is not a unit');
  });
});

describe("the unit of pestle for what a unit measures", () => {
  it.each([
    ["hartree/bohr", "eV/Å", 51.4220674763],
    ["kcal/mol", "eV", units.kcalPerMol],
    ["eV/A", "eV/Å", 1],
    ["GPa", "eV/Å³", units.gigapascal],
    ["D", "e·Å", units.debye],
    ["amu", "amu", 1],
    ["", "1", 1],
    ["bohr^3", "Å³", 0.529177210903 ** 3],
    ["1/bohr", "1/Å", 1 / 0.529177210903],
    ["e²*nm^2/meV", "Å²·e²/eV", 1e5],
  ])("%s is in %s", (unit, own, factor) => {
    expect(ownUnit(unit).unit).toBe(own);
    expectClose(ownUnit(unit).factor, factor, 1e-9 * factor);
    expect(ownUnit(own)).toEqual({ unit: own, factor: 1 });
  });

  it("refuses what is no unit", () => {
    expect(() => ownUnit("hartre")).toThrow('"hartre" is not a unit; did you mean "hartree"?');
  });
});
