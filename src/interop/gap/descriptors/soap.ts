import { Soap } from "../../../descriptors/soap/soap.js";
import { symbolOf } from "../../../structures/periodic-table.js";
import { suggestionFor } from "../../../suggestion.js";
import type { OptionGroup } from "../option-group.js";
import { soapOptions } from "../options.js";
import type { DescriptorContext, GapDescriptor } from "./gap-descriptor.js";

const bases: Readonly<Record<string, string | undefined>> = { EQUISPACED_GAUSS: "equispaced-gaussian", POLY: "quip-polynomial", GTO: "quip-gto" };

/** SOAP: species_Z and Z of the string, or every species as a center with all species around it. */
export const soap: GapDescriptor = {
  options: soapOptions,
  namesSpecies: (group) => group.has("species_Z") || group.has("Z"),
  combinations: (species) => species.map((center) => ({ Z: [center], species_Z: species })),
  convert(group, context) {
    const density = densityOf(group, context);
    if (!density) return undefined;
    const describesStructures = group.flag("average", false);
    const centers = centersOf(group, context);
    const descriptor = {
      type: "soap",
      ...numbersOf(group),
      ...centralReference(group, density, centers.length > 0 ? centers : context.species),
      ...weighting(group),
      ...density.compression,
      ...(describesStructures && { average: "inner" }),
      ...(density.species && { species: density.species.map(symbolOf) }),
      ...(density.species && context.species.some((atomicNumber) => !density.species!.includes(atomicNumber)) && { otherSpecies: "ignore" }),
    };
    const columns = density.species && columnsOf(descriptor, density.species);
    return {
      descriptor,
      ...(centers.length > 0 && { centers }),
      rowsPerRow: 1,
      weighsRows: false,
      ...(describesStructures && { describesStructures }),
      constantComponent: group.number("covariance_sigma0") ?? 0,
      ...(columns && { columns }),
    };
  },
};

/** Z, a number or as many as n_Z says; none: all atoms */
function centersOf(group: OptionGroup, { choice }: DescriptorContext): number[] {
  const centers = group.numbers("Z") ?? [...(choice.Z ?? [])];
  const count = group.integer("n_Z", 1);
  if (count !== undefined && count !== Math.max(1, centers.length)) {
    throw group.located("n_Z")!.error(`n_Z is ${count}, but Z names ${centers.length} species`);
  }
  return centers.includes(0) ? [] : centers;
}

/** gap_fit has the species in the order of its list, here they ascend. undefined: the list does, too */
function columnsOf(descriptor: object, listed: readonly number[]): number[] | undefined {
  const sorted = [...listed].sort((a, b) => a - b);
  if (sorted.every((atomicNumber, i) => atomicNumber === listed[i])) return undefined;
  const soap = new Soap(descriptor);
  const indices = soap.columnIndices(sorted);
  const { nuR = 2, nuS = 2 } = soap.parameters.compression;
  // products of different factors are no mirror images
  const isSymmetric = nuR !== 1 && nuS !== 1;
  const key = ([a, b]: readonly [number, number], [n, m]: readonly [number, number], l: number): string => `${a} ${n}, ${b} ${m}, ${l}`;
  const places = new Map(indices.flatMap(({ species: [a, b], n: [n, m], l }, column) => [
    ...(isSymmetric ? [[key([b, a], [m, n], l), column] as const] : []),
    [key([a, b], [n, m], l), column] as const,
  ]));
  const rank = (position: number): number => (position < 0 ? position : sorted.indexOf(listed[position]));
  return indices.map(({ species: [a, b], n, l }) => places.get(key([rank(a), rank(b)], n, l))!);
}

function numbersOf(group: OptionGroup): object {
  const weight = group.number("central_weight") ?? 1;
  const exponent = group.number("basis_error_exponent");
  const isNormalized = group.flag("normalise", true);
  return {
    basis: basisOf(group),
    nMax: group.positive("n_max"),
    lMax: group.integer("l_max", 0) ?? group.positive("l_max"),
    sigma: group.positive("atom_sigma"),
    cutoff: { radius: group.positive("cutoff"), width: group.number("cutoff_transition_width") ?? 0.5 },
    ...(weight !== 1 && { centralWeight: weight }),
    ...(exponent !== undefined && exponent !== 10 && { basisErrorExponent: exponent }),
    ...(!isNormalized && { normalize: false }),
  };
}

function basisOf(group: OptionGroup): string {
  const name = (group.text("radial_basis") ?? "EQUISPACED_GAUSS").toUpperCase();
  const basis = bases[name];
  if (basis !== undefined) return basis;
  throw group.located("radial_basis")!.error(`radial_basis is ${name}; it must be one of ${Object.keys(bases).join(", ")}${suggestionFor(name, Object.keys(bases))}`);
}

interface DensityOfSpecies {
  /** Atomic numbers in the order of the features; undefined: those of the data */
  readonly species: readonly number[] | undefined;
  /** Whether all species make one density. */
  readonly isBlind: boolean;
  readonly compression: { readonly compression?: unknown };
}

/** undefined where the notes say why there is none */
function densityOf(group: OptionGroup, { choice, species: all, notes }: DescriptorContext): DensityOfSpecies | undefined {
  const listed = group.numbers("species_Z") ?? choice.species_Z ?? [0];
  const count = group.integer("n_species", 1);
  if (count !== undefined && count !== listed.length && (group.has("species_Z") || (!choice.species_Z && count > 1))) {
    const place = group.located(group.has("species_Z") ? "species_Z" : "n_species")!;
    throw place.error(group.has("species_Z") ? `species_Z names ${listed.length} species, n_species is ${count}` : `n_species is ${count}, but species_Z is missing`);
  }
  const isAny = listed.includes(0);
  if (isAny && listed.length > 1) {
    notes.lost("soap species_Z", "a density of all species beside those of single ones is not there; the term is left out");
    return undefined;
  }
  const isNu = group.has("nu_R") || group.has("nu_S");
  const isDiagonal = group.flag("diagonal_radial", false);
  const isBlind = isAny && all.length !== 1;
  const nuS = group.integer("nu_S", 0) ?? 2;
  if (((isNu || isBlind) && isDiagonal) || (isNu && isBlind && nuS === 1)) {
    notes.lost("soap", "nu_R, diagonal_radial and one density of all species are not there in this combination; the term is left out");
    return undefined;
  }
  const compression = isNu
    ? { mode: "nu", nuR: group.integer("nu_R", 0) ?? 2, nuS: isBlind ? 0 : nuS }
    : isDiagonal
      ? "diagonal-radial"
      : "mu2";
  return { species: isAny ? (isBlind ? undefined : all) : listed, isBlind, compression: isNu || isDiagonal || isBlind ? { compression } : {} };
}

/** The center in the density of every species; says nothing where its own is the only one anyway. */
function centralReference(group: OptionGroup, { species = [], isBlind }: DensityOfSpecies, centers: readonly number[]): object {
  const isAll = group.has("central_reference_all_species") ? group.flag("central_reference_all_species", false) : species.length === 1;
  const isOwn = species.length === 1 && centers.length > 0 && centers.every((center) => center === species[0]);
  return isAll && !isOwn && !isBlind ? { centralReference: "all" } : {};
}

function weighting(group: OptionGroup): object {
  const m = group.number("cutoff_dexp") ?? 0;
  const d = group.number("cutoff_rate") ?? 1;
  return m > 0 ? { weighting: { function: "pow", c: d || 1, d, m, r0: group.number("cutoff_scale") ?? 1 } } : {};
}
