import { describe, expect, it } from "vitest";
import { withRoomFor } from "../../src/fit/room-for-structures.js";
import { Dataset } from "../../src/structures/index.js";
import { randomStructure } from "../models/systems.js";

const data = [[3, 5], [9, 4]].map((sizes) => Dataset.from(sizes.map((size) => randomStructure(size, size))));
const request = (...descriptors: object[]) => ({ model: { type: "kernel-ridge", terms: descriptors.map((descriptor) => ({ descriptor, kernel: { type: "laplacian" } })) } });

describe("room for structures of all data", () => {
  it("is given where a descriptor would learn it from the training data, and left alone elsewhere", () => {
    const filled = withRoomFor(request({ type: "coulomb-matrix" }, { type: "sine-matrix", nAtomsMax: 4 }, { type: "soap" }), data);
    expect(filled.model.terms.map(({ descriptor }) => descriptor)).toEqual([{ type: "coulomb-matrix", nAtomsMax: 9 }, { type: "sine-matrix", nAtomsMax: 4 }, { type: "soap" }]);
  });

  it("passes over what it does not know", () => {
    const other = { model: { type: "toy-pair" } };
    expect(withRoomFor(other, data)).toBe(other);
    expect(withRoomFor(request({ type: "coulomb-matrix" }), [])).toEqual(request({ type: "coulomb-matrix" }));
    expect(withRoomFor({ model: { type: "toy", terms: [3, {}, { descriptor: "x" }] } }, data).model.terms).toEqual([3, {}, { descriptor: "x" }]);
  });
});
