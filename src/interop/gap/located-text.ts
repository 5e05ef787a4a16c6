import { FormatError } from "../../errors.js";

/** A text and what messages call it: a file, or "command" for an argument. */
export interface CommandSource {
  /** Of a file as given, or "command". */
  readonly name: string;
  /** All of it. */
  readonly text: string;
}

/** A part of a command that knows where each of its characters stands, whatever was left out before it or within. */
export class LocatedText {
  readonly text: string;

  private constructor(
    private readonly source: CommandSource,
    /** Of every character, in the source. */
    private readonly offsets: readonly number[],
    /** Place of a text without characters. */
    private readonly start: number,
  ) {
    this.text = offsets.map((offset) => source.text[offset]).join("");
  }

  /** Characters from `first` to `last`, the last one excluded. */
  static of(source: CommandSource, first = 0, last = source.text.length): LocatedText {
    return new LocatedText(source, Array.from({ length: last - first }, (_, i) => first + i), first);
  }

  slice(first: number, last = this.text.length): LocatedText {
    return new LocatedText(this.source, this.offsets.slice(first, last), this.offsets[first] ?? this.end);
  }

  /** Some of the characters, by their positions; `start` is where they would stand if there are none. */
  pick(positions: readonly number[], start: number): LocatedText {
    return new LocatedText(this.source, positions.map((position) => this.offsets[position]), this.offsets[start] ?? this.end);
  }

  trim(): LocatedText {
    const first = this.text.length - this.text.trimStart().length;
    return this.slice(first, Math.max(first, this.text.trimEnd().length));
  }

  /** An error with the place of the character at `position`. */
  error(reason: string, position = 0): FormatError {
    const before = this.source.text.slice(0, this.offsets[position] ?? this.end);
    const line = before.split("\n").length;
    return new FormatError({ file: this.source.name, line, column: before.length - before.lastIndexOf("\n") }, reason);
  }

  private get end(): number {
    return this.offsets.length > 0 ? this.offsets[this.offsets.length - 1] + 1 : this.start;
  }
}
