import { isAbsolute, join } from "node:path";
import { z } from "zod";
import { InvalidParameterError } from "../errors.js";
import { filePath } from "../file-path.js";
import { ownUnit } from "../units.js";
import type { Dataset } from "./dataset.js";
import type { TargetName } from "./dataset-report.js";
import { refuseRepeatedPipes } from "./io/input.js";
import { inputName, STANDARD_INPUT } from "./io/input-name.js";
import { readDataset, type ReadFile } from "./io/read-structures.js";
import { isTargetName } from "./target-columns.js";
import { type DatasetPart, splitDataset } from "./split.js";

const paths = z.union([filePath(), z.array(filePath()).min(1)]);
const share = z.number().min(0).max(1);
const key = z.union([z.string().min(1), z.literal(false)]);
const groups = z.array(z.string()).min(1).describe("Names of configuration types");

/** `data.keys`: where the reference values stand; what is not given is detected, `false` leaves a target out. */
export const keysSchema = z
  .strictObject({
    energy: key.optional().describe("Key of the energy in the comment line, eV; false: do not read energies"),
    forces: key.optional().describe("Column of the forces, eV/Å; false: do not read forces"),
    virial: key.optional().describe("Key of the virial, eV, positive when compressed; false: do not read virials"),
    stress: key.optional().describe("Key of the stress, eV/Å³, positive when tensile; read as virial = −volume · stress"),
    configType: z.string().min(1).optional().describe("Key of the group of a structure (default: config_type)"),
  })
  .describe("Keys of the reference values; detected where not given");

const unit = z.string().superRefine((text, context) => {
  try {
    ownUnit(text);
  } catch (error) {
    if (!(error instanceof InvalidParameterError)) throw error;
    context.addIssue({ code: "custom", message: error.message });
  }
});

/** `data.columns`: numbers beyond the reference values that are read, by the names that they get. */
export const columnsSchema = z
  .record(
    z.string().min(1),
    z.strictObject({
      key: z.string().min(1).optional().describe("Key of the comment line or per-atom column in the files; default: the name"),
      unit: unit.optional().describe("Unit of the numbers in the files, such as eV, hartree/bohr, e; 1 for none (the default)"),
      per: z
        .enum(["structure", "atom"])
        .optional()
        .describe("Whether there is a value for each structure or for each atom (default: what the files have)"),
    }),
  )
  .superRefine((columns, context) => {
    for (const name of Object.keys(columns).filter(isTargetName)) {
      const message = `reference values are read by data.keys.${name}; choose another name for a further column`;
      context.addIssue({ code: "custom", path: [name], message });
    }
  })
  .describe("Further columns: σ and masks for the fit, charges, other targets");

/** `data.types`: what atom types are. */
export const typesSchema = z.array(z.string().min(1)).min(1).describe("Chemical symbols of the atom types 1, 2, … where files have these in place of symbols");

/** `data.split`: parts taken from the training file. */
export const splitSchema = z
  .strictObject({
    validation: share.optional().describe("Share of the structures for validation, 0 … 1"),
    test: share.optional().describe("Share of the structures for the test, 0 … 1"),
    stratify: z.boolean().optional().describe("Divide every configuration type in the same shares (default: false)"),
    configTypes: z
      .strictObject({ train: groups.optional(), validation: groups.optional(), test: groups.optional() })
      .optional()
      .describe("Configuration types that go whole to one part"),
  })
  .describe("Parts taken at random, by the seed of the run, from the training file");

/** The `data:` section of a fit file. */
export const dataSchema = z
  .strictObject({
    train: paths.describe("File of structures, or a list of files, for training; - for the standard input"),
    validation: paths.optional().describe("File or files for validation"),
    test: paths.optional().describe("File or files for the test"),
    split: splitSchema.optional(),
    keys: keysSchema.optional(),
    columns: columnsSchema.optional(),
    types: typesSchema.optional(),
  })
  .superRefine(({ validation, test, split }, context) => {
    const given = { validation, test };
    for (const part of ["validation", "test"] as const) {
      if (given[part] === undefined || (split?.[part] === undefined && split?.configTypes?.[part] === undefined)) continue;
      context.addIssue({ code: "custom", path: ["split"], message: `${part} is given as a file and as a part of the training file; keep one` });
    }
  })
  .describe("Structures with their reference values");

/** The `data` section of a fit file, validated. */
export type DataSection = z.output<typeof dataSchema>;

/** How the files of a data section are read. */
export interface LoadDataOptions {
  /** For the split. */
  readonly seed: number;
  /** Folder that relative paths start from; default: the working directory. */
  readonly folder?: string;
  /** Targets that must occur in the training data. */
  readonly require?: readonly TargetName[];
  /** Stops between frames with a CancelledError. */
  readonly signal?: AbortSignal;
}

/** A file of a data section. */
export interface DataFile extends ReadFile {
  /** The part that it was read for. */
  readonly role: DatasetPart;
}

/** The parts of a data section; those it does not name are absent. */
export type LoadedData = {
  /** What is fitted to: without what the split takes from it. */
  readonly train: Dataset;
  /** In the order in which they were read. */
  readonly files: readonly DataFile[];
} & { readonly [part in Exclude<DatasetPart, "train">]?: Dataset };

/**
 * Reads the files of a data section and makes its split.
 * @throws as `readDataset` and `splitDataset`
 */
export async function loadData(section: DataSection, options: LoadDataOptions): Promise<LoadedData> {
  const { seed, require } = options;
  await refuseRepeatedPipes([section.train, section.validation ?? [], section.test ?? []].flat().map((name) => locate(name, options)));
  const files: DataFile[] = [];
  const whole = await readPart("train", section, files, options, require);
  const { split } = section;
  const parts = split && splitDataset(whole, { seed, fractions: split, stratify: split.stratify, configTypes: split.configTypes });
  const other = async (part: "validation" | "test"): Promise<Dataset | undefined> => {
    if (section[part] !== undefined) return readPart(part, section, files, options);
    const isAsked = split?.[part] !== undefined || split?.configTypes?.[part] !== undefined;
    if (isAsked && parts![part].nStructures === 0) {
      throw new InvalidParameterError(`data.split.${part} leaves no structure for ${part}; make its share larger`);
    }
    return isAsked ? parts![part] : undefined;
  };
  const validation = await other("validation");
  const test = await other("test");
  return { train: parts?.train ?? whole, files, ...(validation ? { validation } : {}), ...(test ? { test } : {}) };
}

/** Reads the files of one part, and takes a record of each. */
async function readPart(
  role: DatasetPart,
  section: DataSection,
  files: DataFile[],
  options: LoadDataOptions,
  require?: readonly TargetName[],
): Promise<Dataset> {
  const names = [section[role] ?? []].flat();
  const checksums: string[] = [];
  const onFile = ({ sha256 }: ReadFile): number => checksums.push(sha256);
  const dataset = await readDataset(names.map((name) => locate(name, options)), {
    keys: section.keys,
    columns: section.columns,
    types: section.types,
    // σ and masks are for training
    mayLackColumns: role !== "train",
    require,
    onFile,
    signal: options.signal,
  });
  files.push(...names.map((name, i) => ({ role, path: inputName(name), sha256: checksums[i] })));
  return dataset;
}

function locate(name: string, { folder = "" }: LoadDataOptions): string {
  return isAbsolute(name) || name === STANDARD_INPUT ? name : join(folder, name);
}
