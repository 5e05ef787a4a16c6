/** What a conversion says of an option. */
export interface ConversionNote {
  /** lost: the fit of pestle does not do what gap_fit does; remark: what one should know or look at; unneeded: has no influence on the potential. */
  readonly kind: "lost" | "remark" | "unneeded";
  /** Of gap_fit. */
  readonly option: string;
  /** What became of it, and what to do. */
  readonly text: string;
}

/** Collects what a conversion has to say; the same thing of the same option is said once. */
export class Notes {
  readonly list: ConversionNote[] = [];

  lost(option: string, text: string): void {
    this.add({ kind: "lost", option, text });
  }

  remark(option: string, text: string): void {
    this.add({ kind: "remark", option, text });
  }

  unneeded(option: string): void {
    this.add({ kind: "unneeded", option, text: "not needed here" });
  }

  private add(note: ConversionNote): void {
    if (!this.list.some(({ option, text }) => option === note.option && text === note.text)) this.list.push(note);
  }
}

/** On one line. */
export function describeNote({ option, text }: ConversionNote): string {
  return `${option}: ${text}`;
}
