import { existsSync, readFileSync } from "node:fs";
import { differences } from "../../differences.js";
import { FormatError, InvalidParameterError } from "../../errors.js";
import { version } from "../../version.js";
import type { FitIdentity } from "./checkpoint.js";

/** Of the folder and of the files in it. */
const CHECKPOINT_VERSION = 1;

/** What a folder says of the fit that it belongs to. */
interface Manifest extends FitIdentity {
  readonly format: "pestle-checkpoint";
  readonly version: number;
  readonly pestle: string;
}

/** Text of the file. */
export function manifestText(identity: FitIdentity): string {
  const manifest: Manifest = { format: "pestle-checkpoint", version: CHECKPOINT_VERSION, pestle: version, ...identity };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/**
 * Makes sure that a checkpoint belongs to a fit.
 * @param path of the manifest
 * @throws {InvalidParameterError} naming what differs; {FormatError} for a file that is something else or damaged
 */
export function checkManifest(path: string, folder: string, identity: FitIdentity): void {
  const { format: _, version: __, pestle, ...earlier } = readManifest(path, folder);
  if (pestle !== version) {
    throw new InvalidParameterError(`the checkpoint ${folder} was begun by pestle ${pestle}, this is ${version}, which may round differently: end the fit with that version, or ${startAnew(folder)}`);
  }
  const { data, files, build, others = [], ...request } = identity;
  if (earlier.build !== build) {
    throw new InvalidParameterError(
      `the checkpoint ${folder} was made by the ${earlier.build} build, this is ${build}, which rounds differently: set the environment variable PESTLE_WASM=${earlier.build} to go on, or ${startAnew(folder)}`,
    );
  }
  const { data: earlierData, files: earlierFiles, build: ___, others: earlierOthers = [], ...earlierRequest } = earlier;
  const other = otherWork(earlierRequest, request);
  const changes = [...(other.length > 0 ? other : differences(earlierRequest, request)), ...changedData("training", earlierData, data), ...changedOthers(earlierOthers, others), ...changedFiles(earlierFiles, files)];
  if (changes.length === 0) return;
  const listed = changes.length > 5 ? [...changes.slice(0, 5), `and ${changes.length - 5} more`] : changes;
  throw new InvalidParameterError(`the checkpoint ${folder} belongs to another fit: ${listed.join("; ")}. Undo the change to go on, or ${startAnew(folder)}`);
}

/** What only one of two commands does beside the fit: they fill in different defaults, so that nothing else of them is compared. */
function otherWork(earlier: object, now: object): string[] {
  const asked = (request: object): string[] => Object.entries(request).flatMap(([name, value]) => (value === false ? [] : [name]));
  const [before, after] = [asked(earlier), asked(now)];
  return [...after.filter((name) => !before.includes(name)).map((name) => `there was no ${name}`), ...before.filter((name) => !after.includes(name)).map((name) => `there is no ${name} any more`)];
}

function startAnew(folder: string): string {
  return `delete ${folder} to begin anew`;
}

function readManifest(path: string, folder: string): Manifest {
  if (!existsSync(path)) throw new InvalidParameterError(`${folder} is not a checkpoint: it has no ${path.slice(folder.length + 1)}; name another folder`);
  let manifest: Partial<Manifest> | null;
  try {
    manifest = JSON.parse(readFileSync(path, "utf8")) as Partial<Manifest> | null;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new FormatError({ file: path }, `the checkpoint is damaged: ${startAnew(folder)}`, { cause: error });
  }
  if (manifest?.format !== "pestle-checkpoint") throw new FormatError({ file: path }, "this is not the checkpoint of a fit: name another folder");
  if (manifest.version === CHECKPOINT_VERSION) return manifest as Manifest;
  throw new FormatError({ file: path }, `the checkpoint has version ${manifest.version}, and this is pestle ${version}, which goes on with version ${CHECKPOINT_VERSION}: ${startAnew(folder)}`);
}

function changedData(role: string, earlier: FitIdentity["data"], now: FitIdentity["data"]): string[] {
  if (earlier.sha256 === now.sha256) return [];
  const sizes = earlier.structures === now.structures && earlier.atoms === now.atoms ? "" : ` (${earlier.structures} structures of ${earlier.atoms} atoms, now ${now.structures} of ${now.atoms})`;
  return [`the ${role} data has other numbers${sizes}`];
}

function changedOthers(earlier: NonNullable<FitIdentity["others"]>, now: NonNullable<FitIdentity["others"]>): string[] {
  const before = new Map(earlier.map((data) => [data.role, data]));
  const added = now.flatMap((data) => {
    const own = before.get(data.role);
    return own ? changedData(data.role, own, data) : [`there was no ${data.role} data`];
  });
  const gone = earlier.filter(({ role }) => !now.some((data) => data.role === role)).map(({ role }) => `there is no ${role} data any more`);
  return [...added, ...gone];
}

function changedFiles(earlier: FitIdentity["files"], now: FitIdentity["files"]): string[] {
  return now.flatMap(({ role, sha256 }, index) => (earlier[index]?.sha256 === sha256 ? [] : [`the file of ${role} has another content`]));
}
