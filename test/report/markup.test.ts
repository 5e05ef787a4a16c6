import { describe, expect, it } from "vitest";
import { breakableName, breakableParameter, unbrokenNumbers } from "../../src/report/markup.js";

describe("texts of a page", () => {
  it("break names and paths behind their marks only, and escape them", () => {
    expect(breakableName("data/set_A__b.xyz").text).toBe("data/<wbr>set_<wbr>A__<wbr>b.xyz");
    expect(breakableName("a_<b>").text).toBe("a_<wbr>&lt;b&gt;");
    expect(breakableParameter("terms[0].delta (eV)").text).toBe("terms[0].<wbr>delta (eV)");
    expect(breakableParameter("from 0.5").text).toBe("from 0.5");
  });

  it("keep numbers beside their units, and units whole", () => {
    expect(unbrokenNumbers("an RMSE of 0.34 eV/Å for 25 structures, −82.3 %")).toBe("an RMSE of 0.34\u00a0eV/\u2060Å for 25\u00a0structures, −82.3\u00a0%");
    expect(unbrokenNumbers("18.8 meV/atom in energy")).toBe("18.8\u00a0meV/\u2060atom in energy");
  });
});
