import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";

/** A built checkout of a commit in `folder`, made there if it is missing. */
export function builtCheckout(root, commit, folder, log) {
  // its packages may be those of a tree that is gone
  if (existsSync(join(folder, "node_modules"))) return;
  rmSync(folder, { recursive: true, force: true });
  log(`checking out and building ${commit.slice(0, 12)}`);
  mkdirSync(join(folder, ".."), { recursive: true });
  const draft = mkdtempSync(`${folder}-`);
  const archive = execFileSync("git", ["archive", commit], { cwd: root, maxBuffer: 1 << 30 });
  execFileSync("tar", ["-x", "-C", draft], { input: archive });
  const lock = (place) => readFileSync(join(place, "package-lock.json"), "utf8");
  if (lock(root) === lock(draft)) symlinkSync(join(root, "node_modules"), join(draft, "node_modules"));
  else run("npm", ["ci", "--no-audit", "--no-fund"], draft);
  build(draft);
  // another run may have been faster
  if (existsSync(folder)) rmSync(draft, { recursive: true });
  else renameSync(draft, folder);
}

export function build(folder) {
  run("npm", ["run", "build", "--silent"], folder);
}

function run(command, args, cwd) {
  execFileSync(command, args, { cwd, stdio: ["ignore", "inherit", "inherit"] });
}
