// What tests of converted gap_fit commands share.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect } from "vitest";
import { importGapCommand, type ImportedCommand } from "../../src/interop/gap/index.js";

export interface Term {
  descriptor: Record<string, unknown>;
  kernel: Record<string, unknown>;
  sparse: Record<string, unknown>;
  centers?: string[];
  jitter?: number;
}

export interface Config {
  data: { train: string; keys: object; columns?: object };
  model: { isolatedAtomEnergies: unknown; terms: Term[] };
  fit: { sigma: object; jitter: number };
  seed: number;
}

export type Imported = ImportedCommand & { config: Config };

export const lostOptions = ({ notes }: ImportedCommand): string[] => notes.filter(({ kind }) => kind === "lost").map(({ option }) => option);

/** A command around some descriptor strings. */
export const around = (gap: string, others = ""): string => `gap_fit at_file=none.xyz gap={${gap}} default_sigma={0.002 0.1 0.02 0} ${others}`;
export const soap = "soap cutoff=5 n_max=8 l_max=6 atom_sigma=0.5 zeta=4 delta=1 n_sparse=100 covariance_type=dot_product sparse_method=cur_points";

export interface GapCommands {
  /** Where commands run, until the tests of the file are over. */
  readonly folder: string;
  imported(text: string, species?: number[]): Promise<Imported>;
  /** Of a command with one descriptor string that makes one. */
  term(gap: string, species?: number[]): Promise<Term>;
}

export function gapCommands(): GapCommands {
  const folder = mkdtempSync(join(tmpdir(), "pestle-gap-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const imported = async (text: string, species?: number[]): Promise<Imported> =>
    (await importGapCommand({ name: "command", text }, { folder, outputFolder: folder, species })) as Imported;
  const term = async (gap: string, species = [14]): Promise<Term> => {
    const { config } = await imported(around(gap), species);
    expect(config.model.terms).toHaveLength(1);
    return config.model.terms[0];
  };
  return { folder, imported, term };
}
