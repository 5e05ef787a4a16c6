import { z } from "zod";

const sigmaShape = {
  energy: z.number().positive().optional().describe("eV/atom (eV with perAtom: false)"),
  forces: z.number().positive().optional().describe("eV/Å"),
  virial: z.number().positive().optional().describe("eV/atom (eV with perAtom: false)"),
};

const columnName = z.string().min(1);

/** One of `fit.sigma.masks`. */
export const maskSchema = z.union([
  columnName,
  z.strictObject({
    column: columnName.describe("Name in data.columns"),
    leaveOut: z.union([z.literal(0), z.literal(1)]).default(0).describe("The value that leaves out"),
  }),
]);

/** A column of 0 and 1, of which one leaves the target out of the fit; 0 where only its name is given. */
export type MaskOption = z.output<typeof maskSchema>;

const COLUMNS =
  "Columns of the data (data.columns) whose numbers replace the σ: eV or eV/Å, of the structure as it is, never per atom; " +
  "forces: a number for a structure, or one or three for each atom; virial: one or six (xx yy zz yz xz xy) for a structure";
const MASKS =
  "Columns of 0 and 1 that leave energies, virials, or forces (of structures or atoms) out of the fit: 0 leaves out, or what leaveOut says";

function ofTargets<Schema extends z.ZodType>(schema: Schema) {
  return {
    /** For energies. */
    energy: schema.optional(),
    /** For forces. */
    forces: schema.optional(),
    /** For virials. */
    virial: schema.optional(),
  };
}

/**
 * `fit.sigma` of every trainer that weighs its targets: expected errors of the reference values (standard deviations): the smaller, the
 * closer the fit follows the data. Targets without a σ are not fitted.
 * Columns and masks are those of single structures and atoms.
 */
export const sigmaSchema = z
  .strictObject({
    ...sigmaShape,
    perAtom: z
      .boolean()
      .default(true)
      .describe("whether energy and virial σ are per atom, so that σ of a structure grows with √nAtoms, or of the structure as it is"),
    configTypes: z.record(z.string(), z.strictObject(sigmaShape)).default({}).describe("other σ for groups of structures, by config_type"),
    columns: z.strictObject(ofTargets(columnName)).optional().describe(COLUMNS),
    masks: z.strictObject(ofTargets(maskSchema)).optional().describe(MASKS),
  })
  .default({ energy: 0.01, forces: 0.05, perAtom: true, configTypes: {} });

/** The same with its defaults. */
export type SigmaOptions = z.output<typeof sigmaSchema>;

/** Whether any structure has derivatives of the energy to be fitted to. */
export function needsDerivatives(sigma: SigmaOptions): boolean {
  const all = [sigma, sigma.columns ?? {}, ...Object.values(sigma.configTypes)];
  return all.some(({ forces, virial }) => forces !== undefined || virial !== undefined);
}
