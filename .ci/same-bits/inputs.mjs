// Small data sets cut from examples/data, large enough for 8 blocks of 600 rows and 4 chains.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/** Writes the inputs of all scenarios into `folder`; the same bytes each time. */
export function writeInputs(folder, root) {
  mkdirSync(folder, { recursive: true });
  const read = (name) => frames(gunzipSync(readFileSync(join(root, "examples", "data", `${name}.xyz.gz`))).toString());
  const write = (name, list) => writeFileSync(join(folder, name), list.map(({ count, comment, atoms }) => [count, comment, ...atoms, ""].join("\n")).join(""));
  const silicon = read("Si_train");
  const few = silicon.filter((_, i) => i % 8 === 3); // 27 frames, about 5000 rows with forces and virials
  write("silicon.xyz", few);
  write("alloy.xyz", few.map(withGermanium));
  write("silicon-small.xyz", silicon.filter((_, i) => i % 30 === 5));
  write("mixed-sizes.xyz", [...few.slice(0, 4), supercell(silicon.find(({ count }) => count === 64), 3, 3, 2), ...few.slice(4, 9)].map(withGermanium));
  const molecules = read("QM9_2074");
  write("molecules.xyz", molecules.filter((_, i) => i % 40 === 0));
  write("fragments.xyz", molecules.slice(0, 1100).flatMap(fragments).slice(0, 4900)); // 4900 rows of energies alone
}

function frames(text) {
  const lines = text.split("\n");
  const list = [];
  for (let i = 0; i + 1 < lines.length; ) {
    const count = Number(lines[i]);
    list.push({ count, comment: lines[i + 1], atoms: lines.slice(i + 2, i + 2 + count) });
    i += 2 + count;
  }
  return list;
}

/** A second species: the physics is wrong, the code paths are right. */
function withGermanium({ count, comment, atoms }) {
  return { count, comment, atoms: atoms.map((line, i) => (i % 5 === 2 ? line.replace(/^Si/u, "Ge") : line)) };
}

/** Large enough to be split over tasks when it is evaluated or described. */
function supercell({ count, comment, atoms }, ...repeats) {
  const lattice = /Lattice="([^"]*)"/u.exec(comment)[1].split(/\s+/u).map(Number);
  const all = [];
  const [na, nb, nc] = repeats;
  for (let cell = 0; cell < na * nb * nc; cell++) {
    const at = [Math.floor(cell / (nb * nc)), Math.floor(cell / nc) % nb, cell % nc];
    for (const line of atoms) {
      const [symbol, x, y, z, ...forces] = line.trim().split(/\s+/u);
      const position = [x, y, z].map((value, k) => (Number(value) + at.reduce((sum, n, v) => sum + n * lattice[3 * v + k], 0)).toFixed(8));
      all.push([symbol, ...position, ...forces].join(" "));
    }
  }
  const larger = lattice.map((value, i) => value * repeats[Math.floor(i / 3)]).join(" ");
  const energy = Number(/ energy=(\S+)/u.exec(comment)[1]) * na * nb * nc;
  return {
    count: count * na * nb * nc,
    comment: comment.replace(/Lattice="[^"]*"/u, `Lattice="${larger}"`).replace(/ energy=\S+/u, ` energy=${energy}`).replace(/ virial="[^"]*"/u, ""),
    atoms: all,
  };
}

/** Pieces of three atoms, each with its share of the energy. */
function fragments({ count, comment, atoms }) {
  const energy = Number(/ energy=(\S+)/u.exec(comment)[1]);
  return Array.from({ length: Math.floor(count / 3) }, (_, i) => ({
    count: 3,
    comment: `Properties=species:S:1:pos:R:3 energy=${(3 * energy) / count + 0.1 * Math.sign((i % 3) - 1)} pbc="F F F"`,
    atoms: atoms.slice(3 * i, 3 * i + 3),
  }));
}
