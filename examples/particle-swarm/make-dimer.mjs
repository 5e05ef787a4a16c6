// node examples/particle-swarm/make-dimer.mjs: writes examples/data/C_dimer.xyz, 30 carbon dimers on a Morse curve.
import { fileURLToPath } from "node:url";
import { writeFileSync } from "node:fs";

const DEPTH = 6.32; // eV
const EQUILIBRIUM = 1.2425; // Å
const STEEPNESS = 2.08; // 1/Å

const frames = Array.from({ length: 30 }, (_, i) => {
  const distance = 0.8 + 0.1 * i;
  const decay = Math.exp(-STEEPNESS * (distance - EQUILIBRIUM));
  const energy = DEPTH * ((1 - decay) ** 2 - 1);
  const slope = 2 * DEPTH * STEEPNESS * decay * (1 - decay); // dE/dr
  const atom = (z, force) => `C 0.0 0.0 ${z.toFixed(4)} 0.0 0.0 ${force.toFixed(10)}`;
  const header = `Properties=species:S:1:pos:R:3:forces:R:3 energy=${energy.toFixed(10)} config_type=dimer pbc="F F F"`;
  return ["2", header, atom(0, slope), atom(distance, -slope)].join("\n");
});
writeFileSync(fileURLToPath(new URL("../data/C_dimer.xyz", import.meta.url)), `${frames.join("\n")}\n`);
