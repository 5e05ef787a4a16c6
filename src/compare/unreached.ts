/** Sentences of what the time did not suffice for, by who is concerned. */
const sentences = {
  cost: (names: string, isOne: boolean) => `${names} ${isOne ? "was" : "were"} measured`,
  information: (names: string, isOne: boolean) => `it was known what ${names} ${isOne ? "tells" : "tell"}`,
  scaling: (names: string) => `it was measured how the time of ${names} grows`,
  "all-scaling": (names: string) => `all was measured that the time of ${names} grows with`,
};

/** What the time did not suffice for. */
export class Unreached {
  private readonly names = new Map<keyof typeof sentences, string[]>();

  /** Notes that the time was over for a part of the measurements of a descriptor. */
  add(part: keyof typeof sentences, name: string): void {
    this.names.set(part, [...(this.names.get(part) ?? []), name]);
  }

  /** One sentence for each part, with all descriptors that lack it. */
  get warnings(): string[] {
    return [...this.names].map(([part, names]) => {
      const [last, ...others] = [...names].reverse();
      const text = others.length === 0 ? last : `${others.reverse().join(", ")} and ${last}`;
      return `the time was over before ${sentences[part](text, names.length === 1)}: raise the budget`;
    });
  }
}
