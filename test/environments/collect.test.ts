import { expect, it } from "vitest";
import { listEnvironments } from "../../src/environments/collect.js";
import { seededRandom } from "../../src/math/random.js";
import { Dataset } from "../../src/structures/index.js";
import { randomStructure } from "../models/systems.js";

const dataset = Dataset.from(Array.from({ length: 60 }, (_, i) => randomStructure(i + 1, 1 + (i % 7))));

it("environments of a data set are all atoms of the centers, in order", () => {
  const all = listEnvironments(dataset, null, 1e9, seededRandom(1));
  const expected = [...dataset].flatMap(({ atomicNumbers }, structure) => Array.from(atomicNumbers, (_, atom) => ({ structure, atom })));
  expect(all).toEqual(expected);
  const ofChlorine = expected.filter(({ structure, atom }) => dataset.structure(structure).atomicNumbers[atom] === 17);
  expect(listEnvironments(dataset, [17], ofChlorine.length, seededRandom(1))).toEqual(ofChlorine);
});

it("of too many environments a sample is taken from all of the data, by the seed", () => {
  const whole = listEnvironments(dataset, null, 1e9, seededRandom(1));
  const sample = listEnvironments(dataset, null, 100, seededRandom(1));
  expect(sample).toHaveLength(100);
  const places = sample.map(({ structure, atom }) => whole.findIndex((other) => other.structure === structure && other.atom === atom));
  expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
  // 25 ± 4.3 in each quarter
  for (const quarter of [0, 1, 2, 3]) expect(places.filter((place) => Math.floor((4 * place) / whole.length) === quarter).length).toBeGreaterThan(8);
  expect(listEnvironments(dataset, null, 100, seededRandom(1))).toEqual(sample);
  expect(listEnvironments(dataset, null, 100, seededRandom(2))).not.toEqual(sample);
});
