import { decodeModel, encodeModel } from "../../models/model-format.js";
import type { FitContext, FitResult, Trainer } from "../trainer.js";
import { type PartCodec, workWithin } from "./checkpoint.js";

interface ResultMeta {
  readonly summary: FitResult["summary"];
  /** Of the model file. */
  readonly bytes: number;
}

/** Results of fits: the model as its file has it, from which it can be drawn again, and the summary. */
function resultCodec(trainer: Pick<Trainer, "drawFrom">): PartCodec<FitResult> {
  return {
    async encode({ model, summary }) {
      const file = await encodeModel(model);
      const padded = new Uint8Array(8 * Math.ceil(file.length / 8));
      padded.set(file);
      const meta: ResultMeta = { summary, bytes: file.length };
      return { meta, arrays: [new Float64Array(padded.buffer)] };
    },
    async decode({ meta, arrays: [padded] }) {
      const { summary, bytes } = meta as ResultMeta;
      const model = await decodeModel(new Uint8Array(padded.buffer, padded.byteOffset, bytes), "checkpoint");
      return { model, summary, draw: trainer.drawFrom(model) };
    },
  };
}

/**
 * One of several fits that make up another: its result is kept, and on the way to it what is done of it.
 * @param name unique among them
 * @param count how many there are, at most
 */
export function fitWithin(trainer: Pick<Trainer, "drawFrom">, context: FitContext, name: string, count: number, fit: (context: FitContext) => Promise<FitResult>): Promise<FitResult> {
  return workWithin(context, { name, count }, fit, resultCodec(trainer));
}
