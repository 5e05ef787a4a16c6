/** Lines of a text that comes in chunks of bytes: UTF-8, with or without a byte-order mark, ended by line feeds (and carriage returns). */
export class TextLines {
  /** Number of the line that was given last; counts from 1. */
  number = 0;
  private readonly decoder = new TextDecoder();
  private rest = "";

  /** The lines that are complete with this chunk, without their ends. */
  *push(chunk: Uint8Array): Generator<string> {
    const lines = (this.rest + this.decoder.decode(chunk, { stream: true })).split("\n");
    this.rest = lines.pop()!;
    for (const line of lines) yield this.next(line);
  }

  /** What follows the last line feed, if there is anything. */
  *finish(): Generator<string> {
    const line = this.rest + this.decoder.decode();
    this.rest = "";
    if (line !== "") yield this.next(line);
  }

  private next(line: string): string {
    this.number++;
    return line.endsWith("\r") ? line.slice(0, -1) : line;
  }
}
