import { suggestionFor } from "../../suggestion.js";
import { shorten, splitAtColons } from "./command-words.js";
import type { ConvertedDescriptor } from "./descriptors/gap-descriptor.js";
import type { Notes } from "./notes.js";
import { numberFrom, type OptionGroup } from "./option-group.js";

/** What serves for a method of gap_fit, and why it is not the same. */
interface Method {
  readonly method: "random" | "uniform" | "cur" | "farthest-point" | "file";
  readonly lost?: string;
}

const INSTEAD = "farthest-point serves instead, which covers the environments as evenly";

const OTHER_ORDER = "its components are those of species_Z in another order than here, where elements ascend; sort species_Z in both commands, the one that made the file and this one";

const methods: Readonly<Record<string, Method | undefined>> = {
  random: { method: "random" },
  uniform: { method: "uniform" },
  cur_points: { method: "cur" },
  cur_covariance: { method: "cur", lost: "leverage scores are those of the descriptors, not of the covariance" },
  covariance: { method: "farthest-point", lost: INSTEAD },
  pivot: { method: "farthest-point", lost: INSTEAD },
  cluster: { method: "farthest-point", lost: INSTEAD },
  kmeans: { method: "farthest-point", lost: INSTEAD },
  fuzzy: { method: "farthest-point", lost: INSTEAD },
  file: { method: "file" },
  index_file: { method: "farthest-point", lost: `points cannot be named by their numbers; ${INSTEAD}` },
  none: { method: "farthest-point", lost: "not all environments become sparse points; raise sparse.count" },
};

interface SparseContext {
  readonly pathOf: (name: string) => string;
  /** A group as the data spell it; undefined: there is none */
  readonly configTypeOf: (name: string) => string | undefined;
  readonly notes: Notes;
}

/** `sparse` of a term. */
export function sparseOf(group: OptionGroup, { columns }: Pick<ConvertedDescriptor, "columns">, { pathOf, configTypeOf, notes }: SparseContext): object {
  const name = (group.text("sparse_method") ?? "random").toLowerCase();
  const found = methods[name];
  if (!found) throw group.located("sparse_method")!.error(`sparse_method is "${shorten(name)}", which is unknown${suggestionFor(name, Object.keys(methods))}`);
  const { method, lost } = found;
  if (lost !== undefined) notes.lost(`${group.where} sparse_method`, `${name}: ${lost}`);
  if (method === "file") {
    const path = group.text("sparse_file");
    if (!path) throw group.located("sparse_method")!.error("sparse_method=file needs sparse_file");
    if (columns) notes.lost(`${group.where} sparse_file`, OTHER_ORDER);
    return { method, path: pathOf(path), layout: "gap-fit" };
  }
  const configTypes = countsOf(group, configTypeOf);
  const sum = Object.values(configTypes).reduce((total, count) => total + count, 0);
  const all = group.integer("n_sparse", 0);
  if (!all && sum === 0) throw group.place.error(`${group.where} needs n_sparse or config_type_n_sparse`);
  if (sum === 0) return { method, count: all };
  const others = Math.max(0, (all ?? sum) - sum);
  if (all) notes.remark(`${group.where} n_sparse`, `is taken for the sum of all groups: ${others} points from those that config_type_n_sparse does not name`);
  // no center species: none
  return { method, count: others === 0 ? {} : others, configTypes };
}

/** `{name:count:name:count}` */
function countsOf(group: OptionGroup, configTypeOf: (name: string) => string | undefined): Record<string, number> {
  const list = group.located("config_type_n_sparse");
  const parts = list ? splitAtColons(list) : [];
  if (parts.length % 2 === 1) throw list!.error("config_type_n_sparse is a list of names and numbers: {name:10:name:20}");
  const counts: Record<string, number> = {};
  for (let i = 0; i < parts.length; i += 2) {
    const count = numberFrom(parts[i + 1], "config_type_n_sparse");
    if (!Number.isInteger(count) || count < 0) throw parts[i + 1].error(`config_type_n_sparse has ${count}; it must be a whole number`);
    const name = configTypeOf(parts[i].text);
    if (name === undefined) continue;
    if (Object.hasOwn(counts, name)) throw parts[i].error(`config_type_n_sparse names ${name} twice`);
    if (count > 0) counts[name] = count;
  }
  return counts;
}
