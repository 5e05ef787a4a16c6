// An extended XYZ file to begin with: crystals of silicon whose atoms were moved by chance, so that the map has something to tell apart.

const cubic = {
  diamond: { length: 5.43, sites: [[0, 0, 0], [0, 2, 2], [2, 0, 2], [2, 2, 0], [1, 1, 1], [1, 3, 3], [3, 1, 3], [3, 3, 1]] },
  fcc: { length: 3.87, sites: [[0, 0, 0], [0, 2, 2], [2, 0, 2], [2, 2, 0]] },
  bcc: { length: 3.09, sites: [[0, 0, 0], [2, 2, 2]] },
};

/** Text of 60 frames, always the same. */
export function sampleText() {
  const random = randomNumbers(7);
  const frames = [];
  for (const [name, { length, sites }] of Object.entries(cubic)) {
    for (let frame = 0; frame < 20; frame++) {
      const a = length * (0.96 + 0.004 * frame);
      const move = 0.02 + 0.01 * (frame % 5);
      const atoms = sites.map((site) => `Si ${site.map((quarter) => ((quarter / 4) * a + move * (2 * random() - 1)).toFixed(5)).join(" ")}`);
      const header = `Lattice="${a} 0 0 0 ${a} 0 0 0 ${a}" Properties=species:S:1:pos:R:3 config_type=${name} pbc="T T T"`;
      frames.push([atoms.length, header, ...atoms].join("\n"));
    }
  }
  return `${frames.join("\n")}\n`;
}

/** Park & Miller, Commun. ACM 31, 1192 (1988). */
function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (48271 * state) % 2147483647;
    return state / 2147483647;
  };
}
