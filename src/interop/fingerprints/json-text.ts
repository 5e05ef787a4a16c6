import { once } from "node:events";
import { type FileHandle, open } from "node:fs/promises";
import { CancelledError } from "../../errors.js";
import { OutputFile } from "../../output-file.js";

const BUFFER_LENGTH = 65536;

interface Sink {
  write(text: string): Promise<void>;
  close(): Promise<void>;
  discard(): Promise<void>;
}

/** Text that goes piece by piece to a file (through a temporary name) or to a stream (which stays open), gathered into larger writes. */
export class JsonText {
  readonly path: string | undefined;
  private readonly sink: Sink;
  private buffer = "";

  private constructor(path: string | undefined, sink: Sink) {
    this.path = path;
    this.sink = sink;
  }

  static async open(target: string | NodeJS.WritableStream): Promise<JsonText> {
    if (typeof target !== "string") return new JsonText(undefined, new StreamSink(target));
    const file = await OutputFile.reserve(target);
    return new JsonText(target, new FileSink(file, await file.writing(open(file.temporaryPath, "w"))));
  }

  async write(text: string): Promise<void> {
    this.buffer += text;
    if (this.buffer.length >= BUFFER_LENGTH) await this.flush();
  }

  async close(): Promise<void> {
    await this.flush();
    await this.sink.close();
  }

  discard(): Promise<void> {
    this.buffer = "";
    return this.sink.discard();
  }

  private async flush(): Promise<void> {
    const text = this.buffer;
    this.buffer = "";
    if (text !== "") await this.sink.write(text);
  }
}

class FileSink implements Sink {
  constructor(
    private readonly file: OutputFile,
    private readonly handle: FileHandle,
  ) {}

  async write(text: string): Promise<void> {
    await this.file.writing(this.handle.writeFile(text));
  }

  async close(): Promise<void> {
    await this.file.writing(this.handle.close());
    await this.file.commit();
  }

  async discard(): Promise<void> {
    await this.handle.close().catch(() => undefined);
    await this.file.discard();
  }
}

class StreamSink implements Sink {
  constructor(private readonly stream: NodeJS.WritableStream) {}

  async write(text: string): Promise<void> {
    if (!this.stream.writable) throw new CancelledError("the reader of the output is gone");
    if (!this.stream.write(text)) await once(this.stream, "drain"); // rejects when the stream fails
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  discard(): Promise<void> {
    return Promise.resolve();
  }
}
