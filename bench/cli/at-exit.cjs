// Loaded before the program: says at its end, on descriptor 3, what processor time it took, µs.
const { writeSync } = require("node:fs");

process.on("exit", () => {
  const { user, system } = process.cpuUsage();
  writeSync(3, String(user + system));
});
