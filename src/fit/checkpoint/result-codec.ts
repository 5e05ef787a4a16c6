import { decodeModel, encodeModel } from "../../models/model-format.js";
import type { FitContext, FitResult } from "../trainer.js";
import type { PartCodec } from "./checkpoint.js";

interface ResultMeta {
  readonly summary: FitResult["summary"];
  /** Of the model file. */
  readonly bytes: number;
}

/** Fits that are parts of others: the model as its file has it, and the summary; not what draws from the posterior. */
const resultCodec: PartCodec<FitResult> = {
  async encode({ model, summary }) {
    const file = await encodeModel(model);
    const padded = new Uint8Array(8 * Math.ceil(file.length / 8));
    padded.set(file);
    const meta: ResultMeta = { summary, bytes: file.length };
    return { meta, arrays: [new Float64Array(padded.buffer)] };
  },
  async decode({ meta, arrays: [padded] }) {
    const { summary, bytes } = meta as ResultMeta;
    return { model: await decodeModel(new Uint8Array(padded.buffer, padded.byteOffset, bytes), "checkpoint"), summary };
  },
};

/**
 * One of several fits that make up another: its result is kept, and on the way to it what is done of it.
 * @param name unique among them
 * @param count how many there are, at most
 */
export function fitWithin(context: FitContext, name: string, count: number, fit: (context: FitContext) => Promise<FitResult>): Promise<FitResult> {
  if (!context.kept) return fit(context);
  const kept = context.kept.scope(name, count);
  return context.kept.recall({ name: `result of ${name}` }, () => fit({ ...context, kept }), resultCodec, () => kept.settle());
}
