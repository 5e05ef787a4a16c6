import type { StructureComparison } from "./metrics.js";

/** Fewer structures say nothing. */
const FEWEST = 5;
/** eV/atom and eV/Å: smaller errors are none. */
const NO_ERROR = { energy: 1e-3, forces: 0.02 };
/** What is left of errors without their mean where they are a constant. */
const CONSTANT = 0.3;

/**
 * Sentences about references of which a model says nothing at all: errors are as large as forces, or as the differences of energies.
 * @param name of the data: "training"
 * @param options whether the model was fitted to forces
 */
export function unexplainedWarnings(comparisons: readonly StructureComparison[], name: string, { knowsForces = false }: { readonly knowsForces?: boolean }): string[] {
  return [...energySentence(comparisons, name), ...(knowsForces ? forceSentence(comparisons, name) : [])];
}

function energySentence(comparisons: readonly StructureComparison[], name: string): string[] {
  const judged = comparisons.flatMap(({ energy, nAtoms }) => (energy && nAtoms > 1 && Number.isFinite(energy.reference) ? [{ reference: energy.reference / nAtoms, error: (energy.predicted - energy.reference) / nAtoms }] : []));
  if (judged.length < FEWEST) return [];
  const spread = deviation(judged.map(({ reference }) => reference));
  const errors = judged.map(({ error }) => error);
  const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
  const [scatter, size] = [deviation(errors), Math.hypot(mean, deviation(errors))];
  if (!(size >= Math.max(spread, NO_ERROR.energy))) return [];
  if (scatter < CONSTANT * Math.abs(mean)) {
    return [
      `energies of the ${name} data are ${Math.abs(mean).toPrecision(3)} eV/atom ${mean > 0 ? "below" : "above"} those of the model, all alike: other isolated-atom energies, pseudopotentials or settings look like this; ` +
        "compare differences of energies, or give energies of one calculation",
    ];
  }
  return [
    `errors of the energies of the ${name} data (${size.toPrecision(3)} eV/atom) are as large as the energies differ from their mean: the model says nothing of them; ` +
      "energies of other structures or units, wrong σ and regularization, or a model that does not see the difference look like this",
  ];
}

function forceSentence(comparisons: readonly StructureComparison[], name: string): string[] {
  const judged = comparisons.flatMap(({ forces }) => (forces && Number.isFinite(forces.reference[0]) ? [forces] : []));
  if (judged.length < FEWEST) return [];
  let [square, error, count] = [0, 0, 0];
  for (const { reference, predicted } of judged) {
    for (let k = 0; k < reference.length; k++) {
      square += reference[k] ** 2;
      error += (predicted[k] - reference[k]) ** 2;
      count++;
    }
  }
  if (!(error >= square) || !(Math.sqrt(error / count) > NO_ERROR.forces)) return [];
  return [
    `errors of the forces of the ${name} data (${Math.sqrt(error / count).toPrecision(3)} eV/Å) are as large as the forces themselves: the model says nothing of them; ` +
      "forces of other frames, in another order of the atoms, in other units or with another sign look like this, and so do models that are too simple",
  ];
}

/** Square root of the mean square about the mean. */
function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
