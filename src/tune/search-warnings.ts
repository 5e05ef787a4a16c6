/** What fits of a search warn of. Sentences that differ in nothing but their numbers are one warning. */
export interface SearchWarning {
  /** As the earliest of these evaluations has it. */
  readonly text: string;
  /** Of that evaluation, from 0. */
  readonly stage: number;
  /** Of that evaluation within its stage; −1: the values of the user's file. */
  readonly evaluation: number;
  /** How many evaluations have it. */
  readonly count: number;
}

/** Numbers, and not the indices of paths such as `model.terms[0]`. */
const NUMBER = /(?<![\w.[])[-+−]?\d[\d.]*(?:e[-+]?\d+)?/giu;

/** The warnings of all evaluations of a search, each once. */
export class SearchWarnings {
  private readonly known = new Map<string, { text: string; stage: number; evaluation: number; names: Set<string> }>();

  /** @returns those of the evaluation that none had before */
  add(stage: number, { id, warnings = [] }: { readonly id: number; readonly warnings?: readonly string[] }): string[] {
    return warnings.filter((text) => {
      const key = text.replace(NUMBER, "#");
      const earlier = this.known.get(key);
      const names = (earlier?.names ?? new Set()).add(`${stage} ${id}`);
      // evaluations end in any order
      const isFirst = !earlier || stage < earlier.stage || (stage === earlier.stage && id < earlier.evaluation);
      this.known.set(key, isFirst ? { text, stage, evaluation: id, names } : earlier);
      return !earlier;
    });
  }

  /** In the order of the evaluations that have them first. */
  list(): SearchWarning[] {
    const warnings = [...this.known.values()].map(({ names, ...warning }) => ({ ...warning, count: names.size }));
    return warnings.sort((a, b) => a.stage - b.stage || a.evaluation - b.evaluation || (a.text < b.text ? -1 : 1));
  }
}
